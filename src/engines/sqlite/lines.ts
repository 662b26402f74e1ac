const LINE_END = 0x0a;

/** The lines of a stream of bytes, without their ends; `whole` is false for a last line that lacks its end. */
export async function* linesOf(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly bytes: Buffer; readonly whole: boolean }> {
  let pieces: Buffer[] = [];
  for await (const chunk of source) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let end = rest.indexOf(LINE_END); end >= 0; end = rest.indexOf(LINE_END)) {
      yield { bytes: Buffer.concat([...pieces, rest.subarray(0, end)]), whole: true };
      pieces = [];
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) pieces.push(rest);
  }
  if (pieces.length > 0) yield { bytes: Buffer.concat(pieces), whole: false };
}
