import escapeHtml from 'escape-html';
import type { UserMailKind } from '../../../domain/user.ts';

const contents: Record<UserMailKind, { readonly subject: string; readonly paragraphs: readonly string[] }> = {
  welcome: {
    subject: 'Welcome',
    paragraphs: ['thank you for registering. Your account is ready.'],
  },
  follow_up: {
    subject: 'How is it going?',
    paragraphs: [
      'you registered a few days ago. If there is anything that we can help you with, just answer this mail.',
    ],
  },
};

/** Writes a mail to somebody who has registered: a subject, and the same paragraphs as text and as HTML. */
export function renderUserMail(
  kind: UserMailKind,
  name: string,
): { subject: string; text: string; html: string } {
  const { subject, paragraphs } = contents[kind];
  const all = [`Hello ${name},`, ...paragraphs];
  return {
    subject,
    text: `${all.join('\n\n')}\n`,
    html: `<!doctype html><html lang="en"><body>${all.map((one) => `<p>${escapeHtml(one)}</p>`).join('')}</body></html>`,
  };
}
