/* A crash: the terminal is given back, a note says where, and the signal does what it would have done.
 *
 * The note is a file in $XDG_STATE_HOME/natsight (~/.local/state/natsight; $TMPDIR or /tmp where that can't
 * be written): version, signal, address, backtrace, nothing of what was watched. The last line on the
 * terminal names it. Here nothing is written, no folder made, unless it crashes. Main process. */
#ifndef ENTRY_CRASH_H
#define ENTRY_CRASH_H

/* For SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP and SIGSYS of this process; a forked child's crash is
 * its own. */
void crash_catch(void);

#endif
