/* A file from an address, and whether it is the published one. */
#include "drivers/lutdata.h"
#include "sweep/digest.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The unpacked bytes, whichever way the file is packed. */
static lut_status unpacked_sum(char hex[SWEEP_SHA256], const char *path, lut_err *err)
{
    static const char *const here[] = { ".", NULL };
    lut_file f;

    LUT_TRY(lut_file_load(&f, "", path, here, err));
    sweep_sha256(hex, f.bytes, f.size);
    lut_file_fini(&f);
    return LUT_OK;
}

bool lutdata_has_sum(const lut_known_file *file)
{
    return file->sha256 || file->unpacked;
}

lut_status lutdata_verify(const lut_known_file *file, const char *path, lut_err *err)
{
    const char *content = lutdata_packed(file) ? file->unpacked : file->sha256;
    char hex[SWEEP_SHA256];

    if (!lutdata_has_sum(file))
        return LUT_OK;
    LUT_TRY(sweep_sha256_file(hex, path, err));
    if (file->sha256 && strcmp(hex, file->sha256) == 0)
        return LUT_OK;
    if (!content)
        return lut_fail(err, LUT_EFORMAT, "its sha256 is %s, want %s", hex,
                        file->sha256);
    LUT_TRY(unpacked_sum(hex, path, err));
    if (strcmp(hex, content) == 0)
        return LUT_OK;
    return lut_fail(err, LUT_EFORMAT, "its sha256%s is %s, want %s",
                    lutdata_packed(file) ? " unpacked" : "", hex, content);
}

/* ---- curl ---- */

/* As system() does: an interrupt is for the child, which started with the usual handling;
 * we go on to remove what it left. */
typedef struct shield {
    struct sigaction interrupt, quit;
} shield;

static void raise_shield(shield *s)
{
    struct sigaction ignore = { .sa_handler = SIG_IGN };

    sigemptyset(&ignore.sa_mask);
    sigaction(SIGINT, &ignore, &s->interrupt);
    sigaction(SIGQUIT, &ignore, &s->quit);
}

static void lower_shield(const shield *s)
{
    sigaction(SIGINT, &s->interrupt, NULL);
    sigaction(SIGQUIT, &s->quit, NULL);
}

/* 0 or errno. */
static int start(pid_t *pid, const char *const *argument)
{
    posix_spawnattr_t attributes;
    sigset_t usual;
    int error = posix_spawnattr_init(&attributes);

    if (error)
        return error;
    sigemptyset(&usual);
    sigaddset(&usual, SIGINT);
    sigaddset(&usual, SIGQUIT);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    /* The interface is older than const; the arguments are not written to. */
    error = posix_spawnp(pid, argument[0], NULL, &attributes,
                         (char *const *)(uintptr_t)argument, environ);
    posix_spawnattr_destroy(&attributes);
    return error;
}

/* What curl's exit status means to us; all others are of this address alone. */
static lut_status kind_of(int status)
{
    enum { NO_PROXY = 5, NO_HOST, NO_CONNECTION, CANNOT_WRITE = 23 };

    return status >= NO_PROXY && status <= NO_CONNECTION ? LUT_ENOENT
           : status == CANNOT_WRITE                      ? LUT_EIO
                                                         : LUT_EFORMAT;
}

static lut_status told(int state, const char *url, lut_err *err)
{
    if (WIFSIGNALED(state))
        return lut_fail(err, LUT_ESTOP, "%s: curl was ended by signal %d", url,
                        WTERMSIG(state));
    if (WEXITSTATUS(state) == 0)
        return LUT_OK;
    return lut_fail(err, kind_of(WEXITSTATUS(state)),
                    "%s: not downloaded, curl's exit status is %d", url,
                    WEXITSTATUS(state));
}

lut_status lutdata_download(const char *path, const char *url, bool mirror,
                            lut_err *err)
{
    const char *const argument[] = {
        "curl", "--fail", "--location",
        isatty(STDERR_FILENO) ? "--progress-bar" : "--silent", "--show-error",
        "--connect-timeout", "30",
        /* A mirror may be a folder; a published address never leads to one. */
        "--proto", mirror ? "=https,http,ftp,file" : "=https,http", "--proto-redir",
        "=https,http", "--output", path, "--url", url, NULL
    };
    shield s;
    pid_t pid;
    int state = 0, error;

    raise_shield(&s);
    error = start(&pid, argument);
    while (!error && waitpid(pid, &state, 0) < 0)
        if (errno != EINTR)
            error = errno;
    lower_shield(&s);
    if (error)
        return lut_fail(err, error == ENOENT ? LUT_ENOENT : LUT_EIO,
                        "the program curl cannot be started: %s", strerror(error));
    return told(state, url, err);
}
