import { describe, expect, test } from 'vitest';
import { mayBeCalled } from '../../src/domain/ip-address.ts';

test.each(['93.184.215.14', '8.8.8.8', '2606:2800:21f:cb07:6820:80da:af6b:8b2c', '::ffff:8.8.8.8'])(
  '%s may be called',
  (address) => {
    expect(mayBeCalled(address, [])).toBe(true);
  },
);

test.each([
  ['this machine', '127.0.0.1'],
  ['this machine', '127.8.9.10'],
  ['this machine', '::1'],
  ['this machine, as IPv6 writes it', '::ffff:127.0.0.1'],
  ['this machine, as IPv6 once wrote it', '::127.0.0.1'],
  ['any address of this machine', '0.0.0.0'],
  ['any address of this machine', '::'],
  ['a private network', '10.20.30.40'],
  ['a private network', '172.16.0.1'],
  ['a private network', '192.168.0.1'],
  ['a private network', 'fd12:3456::1'],
  ['a carrier’s network', '100.64.0.1'],
  ['a link', '169.254.1.1'],
  ['a link', 'fe80::1'],
  ['a cloud’s metadata', '169.254.169.254'],
  ['a cloud’s metadata', 'fd00:ec2::254'],
  ['a group', '224.0.0.1'],
  ['a group', 'ff02::1'],
  ['everybody', '255.255.255.255'],
  ['a reserved range', '240.0.0.1'],
  ['a range for documents', '192.0.2.1'],
  ['a range for documents', '2001:db8::1'],
  ['a range for benchmarks', '198.18.0.1'],
  ['IPv4 behind a translator', '64:ff9b::a00:1'],
  ['IPv4 behind a local translator', '64:ff9b:1::a00:1'],
  ['IPv4 in a tunnel', '2002:a00:1::'],
  ['IPv4 in a tunnel', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  ['no address', 'shop.example'],
  ['no address', ''],
])('%s is not called: %s', (_what, address) => {
  expect(mayBeCalled(address, [])).toBe(false);
});

describe('a network that is allowed', () => {
  const allowed = ['10.1.0.0/16', '127.0.0.1', 'fd00::/8', '::1'];

  test.each(['10.1.2.3', '127.0.0.1', '::ffff:10.1.2.3', 'fd12::1', '::1'])(
    'may be called: %s',
    (address) => {
      expect(mayBeCalled(address, allowed)).toBe(true);
    },
  );

  test.each(['10.2.0.1', '127.0.0.2', 'fe80::1'])('allows no other: %s', (address) => {
    expect(mayBeCalled(address, allowed)).toBe(false);
  });
});
