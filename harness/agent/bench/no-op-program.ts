/** The smallest x86-64 program: ELF header, one program header, exit(0). Both sides of a comparison run the same one. */
export const noOpProgram = (): Buffer => {
  const base = 0x400000n;
  const codeOffset = 64 + 56;
  const code = Buffer.from([0x31, 0xff, 0xb8, 60, 0, 0, 0, 0x0f, 0x05]); // xor edi, edi; mov eax, 60; syscall
  const program = Buffer.alloc(codeOffset + code.length);
  const length = BigInt(program.length);
  program.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  program.writeUInt16LE(2, 16); // ET_EXEC
  program.writeUInt16LE(62, 18); // EM_X86_64
  program.writeUInt32LE(1, 20);
  program.writeBigUInt64LE(base + BigInt(codeOffset), 24); // entry
  program.writeBigUInt64LE(64n, 32); // program headers
  program.writeUInt16LE(64, 52);
  program.writeUInt16LE(56, 54);
  program.writeUInt16LE(1, 56);
  program.writeUInt32LE(1, 64); // PT_LOAD
  program.writeUInt32LE(5, 68); // r-x
  program.writeBigUInt64LE(base, 80);
  program.writeBigUInt64LE(length, 96);
  program.writeBigUInt64LE(length, 104);
  program.writeBigUInt64LE(0x1000n, 112);
  code.copy(program, codeOffset);
  return program;
};
