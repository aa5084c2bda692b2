/* What a server is called that never answered us: where its cluster misses one alone and a route leads to one
 * alone that we do not know, these are the same; so is one that has no name and the one that JetStream has
 * lost under a name that nobody has. Not before everybody else who is asked has answered or
 * failed, and taken back when somebody else turns out to have the name. Only a label; who it is is settled
 * when it answers. */
#ifndef MODEL_SUPPOSED_H
#define MODEL_SUPPOSED_H

struct model;

/* Once a tick, after who is missing is known. */
void supposed_tick(struct model *model);

#endif
