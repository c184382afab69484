/** The registers that Airlift's bytes hold, by its written description and with no code of ours. */
export function airliftRegisters(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [form, precision] = bytes;
  const registers = new Uint8Array(2 ** precision);
  if (form === 2) {
    for (let i = 0; i < view.getUint16(2, true); i++) {
      const digits = view
        .getUint32(4 + 4 * i, true)
        .toString(2)
        .padStart(32, '0');
      // 26 bits of the hash, then the number of zeros behind them.
      const rest = digits.slice(precision, 26);
      const zeros = rest.includes('1') ? rest.indexOf('1') : rest.length + parseInt(digits.slice(26), 2);
      const bucket = parseInt(digits.slice(0, precision), 2);
      registers[bucket] = Math.max(registers[bucket], zeros + 1);
    }
    return registers;
  }
  if (form !== 3) throw new Error(`Airlift has no form ${form}`);
  registers.forEach((_, bucket) => {
    const pair = bytes[3 + (bucket >> 1)];
    registers[bucket] = bytes[2] + (bucket % 2 === 0 ? pair >> 4 : pair & 15);
  });
  const overflowsAt = 3 + registers.length / 2;
  const overflows = view.getUint16(overflowsAt, true);
  for (let i = 0; i < overflows; i++) {
    const bucket = view.getUint16(overflowsAt + 2 + 2 * i, true);
    registers[bucket] += bytes[overflowsAt + 2 + 2 * overflows + i];
  }
  return registers;
}
