import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/config/secrets.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import {
  personalFields,
  personalFieldsWithin,
  redacted,
  rowFields,
  secretFields,
} from '../../src/telemetry/redaction.ts';
import { keepLines } from './lines.ts';

const fields = [...secretFields, ...personalFields];

function logged(fact: object, message = 'said'): Record<string, unknown> {
  const { lines, destination } = keepLines();
  createLogger({ level: 'trace', format: 'json' }, { service: 'api' }, destination).info(fact, message);
  const [line] = lines;
  if (!line) throw new Error('nothing was logged');
  return line;
}

describe('a log line', () => {
  it('is one JSON object that says when, how bad, from whom and what', () => {
    expect(logged({ orderId: 'o-1', attempt: 2 }, 'step landed')).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      service: 'api',
      pid: process.pid,
      orderId: 'o-1',
      attempt: 2,
      msg: 'step landed',
    });
  });

  it.each(fields)('never shows %s, at any depth or in any case', (field) => {
    const planted = {
      [field]: 'planted',
      nested: { deeper: [{ [field.toUpperCase()]: { inside: 'planted' } }] },
    };
    const line = logged(planted);
    expect(JSON.stringify(line)).not.toContain('planted');
    expect(line[field]).toBe(redacted);
  });

  it.each(fields)('never shows %s that a child logger is bound to', (field) => {
    const { lines, destination } = keepLines();
    const logger = createLogger({ level: 'info', format: 'json' }, { service: 'api' }, destination);
    logger
      .child({ orderId: 'o-1' })
      .child({ [field]: 'planted' })
      .info('said');
    expect(lines).toEqual([expect.objectContaining({ orderId: 'o-1', [field]: redacted })]);
  });

  it.each(Object.entries(personalFieldsWithin))('never shows what is personal within %s', (parent, names) => {
    const planted = Object.fromEntries(names.map((name) => [name, 'planted']));
    expect(JSON.stringify(logged({ order: { [parent]: planted } }))).not.toContain('planted');
  });

  it.each(fields)('never shows %s that an error carries', (field) => {
    const error = Object.assign(new Error('refused'), { raw: { [field]: 'planted' } });
    const line = logged({ err: error });
    expect(JSON.stringify(line)).not.toContain('planted');
    expect(line['err']).toMatchObject({ type: 'Error', message: 'refused', stack: expect.any(String) });
  });

  it.each(rowFields)('never shows the %s of a database error, which repeats the row', (field) => {
    const error = Object.assign(new Error('violates a constraint'), {
      [field]: 'Failing row contains (planted)',
      table: 'orders',
      constraint: 'orders_check',
    });
    const line = logged({ err: error });
    expect(JSON.stringify(line)).not.toContain('planted');
    expect(line['err']).toMatchObject({ table: 'orders', constraint: 'orders_check' });
  });

  it('has no personal data or key in its message, in an error, or in a field nobody thought of', () => {
    const line = logged(
      { err: new Error('no mailbox ann@shop.example'), note: 'paid with 4242 4242 4242 4242' },
      'refused sk_test_4eC39HqLyjWDarjtT1zdp7dc',
    );
    expect(line).toMatchObject({
      err: { message: 'no mailbox [email]', stack: expect.stringContaining('no mailbox [email]') },
      note: 'paid with [card]',
      msg: 'refused [key]',
    });
  });

  it('shows no secret of the configuration', () => {
    expect(logged({ config: { databaseLink: new Secret('hunter2') } })).toMatchObject({
      config: { databaseLink: '[secret]' },
    });
  });

  it('keeps what is of use', () => {
    const fact = {
      orderId: 'o-1',
      step: 'capture_payment',
      name: 'Mug',
      at: new Date(0),
      list: [1, null],
      none: null,
    };
    expect(logged({ fact })['fact']).toEqual({ ...fact, at: '1970-01-01T00:00:00.000Z' });
  });

  it('leaves out what is too deep, and survives a circle', () => {
    const circle: Record<string, unknown> = { name: 'socket' };
    circle['self'] = circle;
    expect(JSON.stringify(logged({ circle }))).toContain('[left out]');
  });
});
