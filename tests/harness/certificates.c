#include "tests/harness/certificates.h"

#include "tests/harness/command.h"

#include <stdio.h>

static const char script[] =
    "set -e; cd \"$1\"; command -v openssl >/dev/null; exec 2>log\n"
    "key() { openssl ecparam -name prime256v1 -genkey -noout -out $1.key; }\n"
    "for ca in ca other-ca; do\n"
    "  key $ca; openssl req -x509 -new -key $ca.key -days 2 -subj \"/CN=test $ca\" -out $ca.pem\n"
    "done\n"
    "echo 'subjectAltName=IP:127.0.0.11,DNS:nats.example' >server.ext\n"
    "echo 'subjectAltName=DNS:client.example' >client.ext\n"
    "for name in server client; do\n"
    "  key $name; openssl req -new -key $name.key -subj /CN=$name -out $name.csr\n"
    "  openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile $name.ext "
    "-out $name.pem\n"
    "done\n";

bool certificates_make(struct certificates *c) {
    struct command run;
    if (!folder_make(&c->folder, "natsight-tls"))
        return false;
    const char *argv[] = {"sh", "-c", script, "sh", c->folder.path, NULL};
    int code = command_run(&run, argv, NULL, 20000);
    if (code != 0)
        fprintf(stderr, "certificates: openssl ended with %d\n%s\n", code, run.errors);
    command_free(&run);
    if (code != 0)
        folder_remove(&c->folder);
    return code == 0;
}

void certificates_remove(struct certificates *c) {
    folder_remove(&c->folder);
}
