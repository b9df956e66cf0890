/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of QEMU's plugin interface, version 4 (QEMU 9.2 and newer), that the counter uses. No Debian package brings
 * QEMU's own header, and that one wants GLib's. QEMU refuses a plugin whose version it no longer serves, and names both.
 */
#ifndef BOOTWRIGHT_QEMU_PLUGIN_API_H
#define BOOTWRIGHT_QEMU_PLUGIN_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLUGIN_EXPORT __attribute__((visibility("default")))
#define PLUGIN_VERSION 4

typedef uint64_t plugin_id;
typedef uint32_t plugin_meminfo;
typedef struct plugin_block plugin_block;
typedef struct plugin_insn plugin_insn;
typedef struct plugin_register plugin_register;
typedef struct plugin_hwaddr plugin_hwaddr;
typedef struct plugin_scoreboard plugin_scoreboard;
typedef struct { plugin_scoreboard *scoreboard; size_t offset; } plugin_u64;
typedef struct { plugin_register *handle; const char *name; const char *feature; } plugin_register_descriptor;

/* GArray and GByteArray of GLib, which QEMU is linked with: their public fields. */
typedef struct { char *data; unsigned int len; } plugin_array;
typedef struct { uint8_t *data; unsigned int len; } plugin_bytes;
plugin_bytes *g_byte_array_new(void);
plugin_bytes *g_byte_array_set_size(plugin_bytes *bytes, unsigned int length);

enum { PLUGIN_NO_REGISTERS, PLUGIN_READS_REGISTERS };
enum { PLUGIN_ADD_U64 };
enum { PLUGIN_MEMORY_WRITE = 2 };

typedef void (*plugin_execution_callback)(unsigned int vcpu, void *data);
typedef void (*plugin_memory_callback)(unsigned int vcpu, plugin_meminfo info, uint64_t address, void *data);

void qemu_plugin_register_vcpu_init_cb(plugin_id id, void (*callback)(plugin_id id, unsigned int vcpu));
void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, void (*callback)(plugin_id id, plugin_block *block));
void qemu_plugin_register_vcpu_tb_exec_cb(plugin_block *block, plugin_execution_callback callback, int flags,
                                          void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(plugin_insn *insn, plugin_execution_callback callback, int flags,
                                            void *data);
void qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(plugin_insn *insn, int operation, plugin_u64 entry,
                                                         uint64_t value);
void qemu_plugin_register_vcpu_mem_cb(plugin_insn *insn, plugin_memory_callback callback, int flags, int access,
                                      void *data);

size_t qemu_plugin_tb_n_insns(const plugin_block *block);
uint64_t qemu_plugin_tb_vaddr(const plugin_block *block);
plugin_insn *qemu_plugin_tb_get_insn(const plugin_block *block, size_t index);
size_t qemu_plugin_insn_size(const plugin_insn *insn);
size_t qemu_plugin_insn_data(const plugin_insn *insn, void *data, size_t length);

plugin_array *qemu_plugin_get_registers(void);
int qemu_plugin_read_register(plugin_register *handle, plugin_bytes *bytes);

plugin_hwaddr *qemu_plugin_get_hwaddr(plugin_meminfo info, uint64_t address);
bool qemu_plugin_hwaddr_is_io(const plugin_hwaddr *address);

plugin_scoreboard *qemu_plugin_scoreboard_new(size_t size);
uint64_t qemu_plugin_u64_sum(plugin_u64 entry);

#endif
