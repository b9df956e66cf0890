/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts the instructions that a guest of one x86_64 vCPU executes, and says how many there were at moments that the guest
 * itself decides, so that a count is the same in each boot: docs/boot-cost.md. Needs `-icount` and devices without
 * ioeventfd.
 *
 * out=FILE gets one line for each, with LOW and HIGH the instructions executed so far in the lower and the upper half of the
 * address space (programs and firmware; kernel), and HOST the host's monotonic time in nanoseconds:
 *   newline BYTES LOW HIGH HOST   a line feed goes to the first serial port, as byte number BYTES
 *   kernel 0 LOW HIGH HOST        the first instruction in the upper half
 *   user 0 LOW HIGH HOST          the first instruction of a program after it
 *   mark TSC LOW HIGH HOST        a program executes the eight-byte no-op 0f 1f 84 00 42 57 4d 4b; TSC is its rax
 *   unsettled 0 LOW HIGH HOST     QEMU was still busy after 30 s; later counts may not be those of another boot
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "qemu-plugin-api.h"
#include "quiet-threads.h"

PLUGIN_EXPORT int qemu_plugin_version = PLUGIN_VERSION;

/* The first serial port: its data register, and those whose bits give it another meaning (16550A data sheet). */
enum { UART_DATA = 0x3f8, UART_LINE_CONTROL = 0x3fb, UART_MODEM_CONTROL = 0x3fc };
enum { DIVISOR_LATCH = 0x80, LOOPBACK = 0x10 };
/* A guest may print for ever. */
enum { MAX_ROWS = 200000 };

static const uint8_t mark_bytes[8] = {0x0f, 0x1f, 0x84, 0x00, 0x42, 0x57, 0x4d, 0x4b};

static FILE *out;
static uint64_t rows;
static plugin_u64 low, high;
static plugin_bytes *buffer;
static plugin_register *rax, *rdx, *cs;
static bool kernel_seen, program_seen, divisor_latch, loopback;
static uint64_t bytes_sent;

static void say(const char *what, uint64_t detail) {
  if (rows++ >= MAX_ROWS) return;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  fprintf(out, "%s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", what, detail, qemu_plugin_u64_sum(low),
          qemu_plugin_u64_sum(high), (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec);
  fflush(out);
}

static uint64_t value_of(plugin_register *handle) {
  uint64_t value = 0;
  g_byte_array_set_size(buffer, 0);
  qemu_plugin_read_register(handle, buffer);
  memcpy(&value, buffer->data, buffer->len < sizeof value ? buffer->len : sizeof value);
  return value;
}

/* `out %al, (%dx)`: how firmware, loaders and kernel write to the port. */
static void on_out(unsigned int vcpu, void *data) {
  (void)vcpu, (void)data;
  const uint64_t port = value_of(rdx) & 0xffff, byte = value_of(rax) & 0xff;
  if (port == UART_LINE_CONTROL) divisor_latch = (byte & DIVISOR_LATCH) != 0;
  if (port == UART_MODEM_CONTROL) loopback = (byte & LOOPBACK) != 0;
  if (port != UART_DATA || divisor_latch || loopback) return;
  bytes_sent++;
  if (byte == '\n') say("newline", bytes_sent);
}

static void on_mark(unsigned int vcpu, void *data) {
  (void)vcpu, (void)data;
  say("mark", value_of(rax));
}

static void on_upper_half(unsigned int vcpu, void *data) {
  (void)vcpu, (void)data;
  if (kernel_seen) return;
  kernel_seen = true;
  say("kernel", 0);
}

/* Firmware that the kernel calls runs in the lower half too, but with the kernel's privilege. */
static void on_lower_half(unsigned int vcpu, void *data) {
  (void)vcpu, (void)data;
  if (program_seen || (value_of(cs) & 3) != 3) return;
  program_seen = true;
  say("user", 0);
}

/*
 * A driver tells a virtio device of new requests with a 16-bit write (virtio 1.2, 4.1.5.2). The guest stands still until
 * QEMU has worked them off: they take no instructions and no virtual time, so it does not matter how long they take.
 * Without this the guest goes on meanwhile, and is interrupted wherever it happens to be.
 */
static void on_short_write(unsigned int vcpu, plugin_meminfo info, uint64_t address, void *data) {
  (void)vcpu, (void)data;
  const plugin_hwaddr *hardware = qemu_plugin_get_hwaddr(info, address);
  if (hardware == NULL || !qemu_plugin_hwaddr_is_io(hardware)) return;
  if (!wait_until_quiet()) say("unsettled", 0);
}

static bool is_short_write(const uint8_t *code, size_t size, bool is_long_mode) {
  if (size < 3 || code[0] != 0x66) return false;
  const uint8_t opcode = is_long_mode && (code[1] & 0xf0) == 0x40 ? code[2] : code[1];
  return opcode == 0x89 || opcode == 0xc7;
}

static void on_translation(plugin_id id, plugin_block *block) {
  (void)id;
  const bool upper = qemu_plugin_tb_vaddr(block) >> 63 != 0;
  if (upper && !kernel_seen)
    qemu_plugin_register_vcpu_tb_exec_cb(block, on_upper_half, PLUGIN_NO_REGISTERS, NULL);
  if (!upper && kernel_seen && !program_seen)
    qemu_plugin_register_vcpu_tb_exec_cb(block, on_lower_half, PLUGIN_READS_REGISTERS, NULL);
  const size_t count = qemu_plugin_tb_n_insns(block);
  for (size_t index = 0; index < count; index++) {
    plugin_insn *insn = qemu_plugin_tb_get_insn(block, index);
    uint8_t code[8] = {0};
    const size_t size = qemu_plugin_insn_size(insn);
    qemu_plugin_insn_data(insn, code, sizeof code);
    qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, PLUGIN_ADD_U64, upper ? high : low, 1);
    if (size == 1 && code[0] == 0xee)
      qemu_plugin_register_vcpu_insn_exec_cb(insn, on_out, PLUGIN_READS_REGISTERS, NULL);
    if (is_short_write(code, size, kernel_seen || upper))
      qemu_plugin_register_vcpu_mem_cb(insn, on_short_write, PLUGIN_NO_REGISTERS, PLUGIN_MEMORY_WRITE, NULL);
    if (size == sizeof mark_bytes && memcmp(code, mark_bytes, sizeof mark_bytes) == 0)
      qemu_plugin_register_vcpu_insn_exec_cb(insn, on_mark, PLUGIN_READS_REGISTERS, NULL);
  }
}

static void on_vcpu(plugin_id id, unsigned int vcpu) {
  (void)id, (void)vcpu;
  const plugin_array *registers = qemu_plugin_get_registers();
  const plugin_register_descriptor *descriptors = (const plugin_register_descriptor *)registers->data;
  buffer = g_byte_array_new();
  for (unsigned int index = 0; index < registers->len; index++) {
    if (strcmp(descriptors[index].name, "rax") == 0) rax = descriptors[index].handle;
    if (strcmp(descriptors[index].name, "rdx") == 0) rdx = descriptors[index].handle;
    if (strcmp(descriptors[index].name, "cs") == 0) cs = descriptors[index].handle;
  }
}

PLUGIN_EXPORT int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv) {
  (void)info;
  for (int index = 0; index < argc; index++)
    if (strncmp(argv[index], "out=", 4) == 0) out = fopen(argv[index] + 4, "we");
  if (out == NULL) return 1;
  plugin_scoreboard *counters = qemu_plugin_scoreboard_new(2 * sizeof(uint64_t));
  low = (plugin_u64){counters, 0};
  high = (plugin_u64){counters, sizeof(uint64_t)};
  qemu_plugin_register_vcpu_init_cb(id, on_vcpu);
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
  return 0;
}
