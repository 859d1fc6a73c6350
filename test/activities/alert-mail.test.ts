import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderAlert } from '../../src/activities/alert-mail.ts';
import { alertTypes } from '../../src/domain/alert.ts';

const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
/** What a link to a heading is called, as GitHub makes it of plain words. */
const anchors = [...runbook.matchAll(/^## (.+)$/gm)].map(([, words = '']) =>
  words
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-'),
);

test.each(alertTypes)(
  '%s leads to a part of the runbook, from its mail and from the table of alerts',
  (type) => {
    const { text } = renderAlert({ id: '1', type, orderId: null, facts: {}, raisedAt: new Date() });
    const [, anchor = ''] = /docs\/runbook\.md#(\S+)/.exec(text) ?? [];
    expect(anchors).toContain(anchor);
    expect(runbook).toMatch(new RegExp(`^\\| \`${type}\` +\\| \\[.+\\]\\(#${anchor}\\) +\\|$`, 'm'));
  },
);
