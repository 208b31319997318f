import { expect } from 'chai';
import fc from 'fast-check';
import {
  createAddressGuard,
  PrivateAddressError,
} from '../../../src/modules/notifications/endpoints/address-guard.client.js';
import { failureOf } from '../../support/failure-of.js';

const PRIVATE = [
  '127.0.0.1',
  '127.255.255.254',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '0.0.0.0',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  'fe80::1',
  'fe80::1%eth0',
  'fd00:ec2::254',
  'fec0::1',
  'ff02::1',
  '64:ff9b::127.0.0.1',
  '64:ff9b::a00:1',
  '64:ff9b:1::808:808',
  '2002:7f00:1::',
  '2001::1',
  '2001:db8::1',
];
const PUBLIC = [
  '8.8.8.8',
  '93.184.216.34',
  '172.32.0.1',
  '2a00:1450::1',
  '::ffff:8.8.8.8',
  '64:ff9b::808:808',
];

describe('the address guard', () => {
  const guard = createAddressGuard([]);

  it('refuses every address that is not of the public network', () => {
    for (const address of PRIVATE) expect(guard.allows(address), address).to.equal(false);
    for (const address of PUBLIC) expect(guard.allows(address), address).to.equal(true);
    for (const odd of ['', 'localhost', '1.2.3', '1.2.3.4.5', 'example.org']) {
      expect(guard.allows(odd), odd).to.equal(false);
    }
  });

  it('lets through what the operator allows, in every way of writing it, and nothing beside it', () => {
    const allowing = createAddressGuard(['10.1.0.0/16', '127.0.0.1', 'fd12::/16']);
    const allowed = [
      '10.1.2.3',
      '::ffff:10.1.2.3',
      '64:ff9b::a01:203',
      '127.0.0.1',
      '::ffff:127.0.0.1',
      'fd12::9',
    ];
    for (const address of allowed) expect(allowing.allows(address), address).to.equal(true);
    for (const address of ['10.2.0.1', '127.0.0.2', 'fd13::9', '::1']) {
      expect(allowing.allows(address), address).to.equal(false);
    }
  });

  it('gives of a host those addresses alone that may be connected to', async () => {
    const both = [
      { address: '10.0.0.1', family: 4 },
      { address: '8.8.8.8', family: 4 },
    ];
    expect(await createAddressGuard([], () => Promise.resolve(both)).resolve('two.test')).to.deep.equal([
      both[1],
    ]);
    const inside = createAddressGuard([], () => Promise.resolve(both.slice(0, 1)));
    expect(await failureOf(inside.resolve('inside.test'))).to.be.instanceOf(PrivateAddressError);
    expect(await failureOf(guard.resolve('[::1]'))).to.be.instanceOf(PrivateAddressError);
  });

  it('refuses 10.0.0.0/8 whichever of it, also inside of IPv6', () => {
    const part = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(part, part, part, (b, c, d) => {
        const address = `10.${b}.${c}.${d}`;
        return ![address, `::ffff:${address}`, `64:ff9b::${address}`].some((one) => guard.allows(one));
      }),
    );
  });
});
