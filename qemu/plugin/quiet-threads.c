/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "quiet-threads.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MAX_THREADS = 128, PATIENCE_S = 30 };

typedef struct {
  long id;
  uint64_t run_ns;
  char state;
} thread_seen;

typedef struct {
  thread_seen threads[MAX_THREADS];
  int count;
  bool all_sleep;
} look;

static bool read_file(long id, const char *name, char *text, size_t size) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%ld/%s", id, name);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t length = read(fd, text, size - 1);
  close(fd);
  if (length <= 0) return false;
  text[length] = '\0';
  return true;
}

/* The state comes first, and then the time: see wait_until_quiet. D, a thread that waits for the host's disk, is no sleep. */
static bool see_thread(long id, thread_seen *seen) {
  char text[512];
  if (!read_file(id, "stat", text, sizeof text)) return false;
  const char *name_end = strrchr(text, ')');
  if (name_end == NULL || name_end[1] == '\0') return false;
  seen->id = id;
  seen->state = name_end[2];
  if (!read_file(id, "schedstat", text, sizeof text)) return false;
  seen->run_ns = strtoull(text, NULL, 10);
  return true;
}

static void look_around(look *seen) {
  memset(seen, 0, sizeof *seen);
  seen->all_sleep = true;
  const long self = syscall(SYS_gettid);
  DIR *tasks = opendir("/proc/self/task");
  if (tasks == NULL) {
    seen->all_sleep = false;
    return;
  }
  for (struct dirent *entry = readdir(tasks); entry != NULL; entry = readdir(tasks)) {
    const long id = atol(entry->d_name);
    if (id == 0 || id == self) continue;
    if (seen->count == MAX_THREADS) seen->all_sleep = false;
    if (seen->count == MAX_THREADS) break;
    thread_seen *thread = &seen->threads[seen->count];
    if (!see_thread(id, thread)) continue; /* It has ended, which a second look sees. */
    if (thread->state != 'S') seen->all_sleep = false;
    seen->count++;
  }
  closedir(tasks);
}

static bool same(const look *a, const look *b) {
  return a->count == b->count && memcmp(a->threads, b->threads, (size_t)a->count * sizeof a->threads[0]) == 0;
}

/*
 * Two looks in which each thread sleeps and has run for the same time. A thread that ran, or was ready to run, at the end
 * of the first look would have run by the second, or not sleep in it: its state is read before its time, so a short run
 * between the two shows in the time. So at that moment all slept; and as a wake-up makes a thread ready at once, nobody had
 * anything to do. Run times count, not time slices: since EEVDF delays dequeueing, Linux does not count each slice.
 */
bool wait_until_quiet(void) {
  look looks[2];
  struct timespec now, pause = {0, 20000};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const time_t end = now.tv_sec + PATIENCE_S;
  look_around(&looks[0]);
  for (int turn = 1; now.tv_sec < end; turn++) {
    look *last = &looks[(turn + 1) % 2], *next = &looks[turn % 2];
    look_around(next);
    if (last->all_sleep && next->all_sleep && same(last, next)) return true;
    /* The others need this processor, if it is the only one. */
    if (turn > 2) nanosleep(&pause, NULL);
    clock_gettime(CLOCK_MONOTONIC, &now);
  }
  return false;
}
