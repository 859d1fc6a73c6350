import { describe, expect, it } from 'vitest';
import { redactText } from '../../src/domain/redact.ts';

describe('free text', () => {
  it.each([
    ['an e-mail address', 'no mailbox for ann.o+x@mail.shop.example here', 'no mailbox for [email] here'],
    ['an address in angle brackets', 'to "Ann" <ann@shop.example>', 'to "Ann" <[email]>'],
    ['an address beyond ASCII', 'to jörg@bücher.example', 'to [email]'],
    [
      'an address in a database error',
      'Key (email)=(ann@shop.example) exists',
      'Key (email)=([email]) exists',
    ],
    ['an address in JSON', '{"to":"ann@shop.example"}', '{"to":"[email]"}'],
    ['a card number', 'card 4242424242424242 declined', 'card [card] declined'],
    ['a card number in groups', 'card 5555 5555-5555 4444.', 'card [card].'],
    ['an American Express number', 'card 378282246310005', 'card [card]'],
    ['a Stripe secret key', 'Invalid API Key: sk_test_4eC39HqLyjWDarjtT1zdp7dc', 'Invalid API Key: [key]'],
    ['a restricted live key', 'rk_live_51Habcdef', '[key]'],
    ['a webhook secret', 'signed with whsec_Abc/def+123=', 'signed with [secret]'],
    ["a payment's client secret", 'pi_3Abc_secret_XyZ99', 'pi_3Abc_secret_[secret]'],
    ['an EasyPost key', 'user EZAK1234567890abcdefGHIJ failed', 'user [key] failed'],
    ['an EasyPost test key', 'EZTKabcdef1234567890abcdef', '[key]'],
    ['a bearer token', 'Authorization: Bearer abc.def-123', 'Authorization: Bearer [secret]'],
    ['basic credentials', 'authorization: basic dXNlcjpwYXNz', 'authorization: basic [secret]'],
    ['a JSON web token', 'got eyJhbGciOiJI.eyJzdWIiOiIx.c2ln', 'got [token]'],
    ['a password in a URL', 'postgres://shop:hunter2@db/shop is down', 'postgres://[secret]@db/shop is down'],
  ])('loses %s', (_, text, redacted) => {
    expect(redactText(text)).toBe(redacted);
  });

  it.each([
    ['ids of orders and workflows', 'order-0198c0de-1234-7000-8000-123456789012 failed'],
    ["the provider's ids", 'pi_3MtwBwLkdIwHu7ix28a3tqPa re_3Mtw shp_1234567890abcdef trk_42'],
    ['amounts and times', '99999999 at 2026-11-22T12:07:40.275Z, 1763812345678 ms'],
    ['long numbers that are no card', 'event 4242424242424241'],
    ['tracking codes', '9400110200881234567890 EZ1000000001'],
    ['addresses of hosts', 'connect ECONNREFUSED 127.0.0.1:5432'],
    ['URLs without a password', 'https://api.stripe.com/v1/payment_intents'],
  ])('keeps %s', (_, text) => {
    expect(redactText(text)).toBe(text);
  });

  it('goes through a long text without taking long', () => {
    const hostile = [
      'a@'.repeat(50_000),
      '4'.repeat(100_000),
      `x://${'y'.repeat(100_000)}`,
      'a.'.repeat(50_000),
    ];
    const begun = performance.now();
    for (const text of hostile) redactText(text);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});
