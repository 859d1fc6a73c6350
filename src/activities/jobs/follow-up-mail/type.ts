import { defineJobType } from '../job-type.ts';
import { userMailRules } from '../user-mail/rules.ts';

export const followUpMail = defineJobType({
  ...userMailRules,
  name: 'follow-up-mail',
  summary: 'Asks somebody who registered days ago how it is going.',
});
