// Where a registry's hub is, for the page's Content-Security-Policy.
//
//   hubOrigin(bytes of registry.cose) -> "https://hub.example" | null
//
// A path of the site's own origin is no other one: null. COSE_Sign1 (RFC 9052, section 4.2), CBOR of definite lengths; whether
// the signature holds, every gate checks itself, and a policy that is too wide or too narrow opens no door by itself.

export function hubOrigin(bytes) {
  const [, , payload] = decode(bytes);
  const { hub } = decode(payload);
  return hub === undefined || hub.startsWith("/") ? null : new URL(hub).origin;
}

/** Only what a registry holds: integers, bytes, texts, lists, maps with texts as keys, tags, booleans. */
function decode(bytes) {
  let at = 0;
  const take = (count) => {
    if (at + count > bytes.length) throw new Error("the registry ends too early");
    at += count;
    return bytes.subarray(at - count, at);
  };
  const argument = (short) => {
    if (short < 24) return short;
    if (short > 27) throw new Error("the registry is not deterministic CBOR");
    return Number(take(1 << (short - 24)).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n));
  };
  const item = () => {
    const [first] = take(1);
    const value = argument(first & 31);
    switch (first >> 5) {
      case 0: return value;
      case 1: return -1 - value;
      case 2: return take(value);
      case 3: return Buffer.from(take(value)).toString();
      case 4: return Array.from({ length: value }, item);
      case 5: return Object.fromEntries(Array.from({ length: value }, () => [item(), item()]));
      case 6: return item();
      default: return value === 21;
    }
  };
  return item();
}
