// Short names for what a wasm module imports from its glue.
//
// wasm-bindgen names each import by what it does and a hash of 16 digits, in the module and again in the glue; of the
// first scan's bytes that is 9 KB gzip. Nobody but these two files reads the names.

const IMPORTS = 2;
const [FUNCTION, TABLE, MEMORY, GLOBAL, TAG] = [0, 1, 2, 3, 4];

/**
 * @param {Uint8Array} wasm  a module as wasm-bindgen leaves it
 * @param {string} glue  its JavaScript, which names each import once
 * @returns {{wasm: Buffer, glue: string}}  the same two with short names
 */
export function shorten(wasm, glue) {
  const names = new Map();
  const sections = [wasm.subarray(0, 8)];
  for (let at = 8; at < wasm.length;) {
    const [bytes, body] = leb(wasm, at + 1);
    const end = body + bytes;
    sections.push(wasm[at] === IMPORTS ? renamed(wasm.subarray(body, end), names) : wasm.subarray(at, end));
    at = end;
  }
  const taken = glue.replace(/[A-Za-z_$][\w$]*/g, (word) => names.get(word) ?? word);
  const modules = [...names].filter(([name]) => name.startsWith("./"));
  const said = modules.reduce((text, [name, short]) => text.replaceAll(`"${name}"`, `"${short}"`), taken);
  return { wasm: Buffer.concat(sections), glue: said };
}

/** The section with other names; `names` learns which. */
function renamed(body, names) {
  const short = (name) => {
    if (!names.has(name)) names.set(name, letters(names.size));
    return names.get(name);
  };
  const [count, first] = leb(body, 0);
  const out = [Buffer.from(lebBytes(count))];
  let at = first;
  const name = () => {
    const [length, start] = leb(body, at);
    at = start + length;
    const text = Buffer.from(short(Buffer.from(body.subarray(start, at)).toString()));
    out.push(Buffer.from(lebBytes(text.length)), text);
  };
  for (let left = count; left > 0; left -= 1) {
    name();
    name();
    const kind = at;
    at = afterKind(body, kind);
    out.push(body.subarray(kind, at));
  }
  const bytes = Buffer.concat(out);
  return Buffer.concat([Buffer.from([IMPORTS, ...lebBytes(bytes.length)]), bytes]);
}

/** Where the description of an import ends. */
export function afterKind(body, at) {
  const kind = body[at];
  if (kind === FUNCTION) return leb(body, at + 1)[1];
  if (kind === TAG) return leb(body, at + 2)[1];
  if (kind === GLOBAL) return at + 3;
  if (kind !== TABLE && kind !== MEMORY) throw new Error(`an import of kind ${kind}`);
  const limits = kind === TABLE ? at + 2 : at + 1;
  const least = leb(body, limits + 1)[1];
  return body[limits] & 1 ? leb(body, least)[1] : least;
}

/** A name that no glue has of its own: those are words, these begin with `$`. */
function letters(number) {
  return `$${number.toString(36)}`;
}

/** An unsigned number and where it ends. */
export function leb(bytes, at) {
  let [value, shift] = [0, 0];
  for (;;) {
    const byte = bytes[at];
    at += 1;
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
    shift += 7;
  }
}

export function lebBytes(value) {
  const bytes = [];
  do {
    const rest = Math.floor(value / 128);
    bytes.push((value % 128) | (rest ? 128 : 0));
    value = rest;
  } while (value);
  return bytes;
}
