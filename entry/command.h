/* The ways in, one function each; commands.def lists them. Each returns the exit code. */
#ifndef ENTRY_COMMAND_H
#define ENTRY_COMMAND_H

#include "entry/options.h"

typedef int command_fn(const struct options *options);
/* Wrong usage, or a faulty configuration, of which stderr has been told. */
typedef int refused_fn(const struct options *options, const char *fault);

command_fn command_live;
command_fn command_replay;
command_fn command_snapshot;
command_fn command_print;
command_fn command_check;
refused_fn check_refused;
command_fn command_collect;
command_fn command_append;
command_fn command_config;
command_fn command_rules;
command_fn command_help;
command_fn command_manual;
command_fn command_version;

#endif
