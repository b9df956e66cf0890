/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BOOTWRIGHT_QUIET_THREADS_H
#define BOOTWRIGHT_QUIET_THREADS_H

#include <stdbool.h>

/*
 * Holds the calling thread until every other thread of this process sleeps and nothing is left that would wake one of
 * them: what they were asked for is done. False when that did not come to pass in 30 seconds.
 */
bool wait_until_quiet(void);

#endif
