import { defineJobType } from '../job-type.ts';
import { userMailRules } from '../user-mail/rules.ts';

export const welcomeMail = defineJobType({
  ...userMailRules,
  name: 'welcome-mail',
  summary: 'Greets somebody who has registered.',
});
