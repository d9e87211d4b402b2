#include "sweep/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { STALE_SECONDS = 60, WHO = 128 };

typedef enum claim { CLAIM_OURS, CLAIM_TAKEN, CLAIM_UNSUPPORTED, CLAIM_FAILED } claim;

static claim claim_of(int result)
{
    if (result == 0)
        return CLAIM_OURS;
    if (errno == EACCES || errno == EAGAIN)
        return CLAIM_TAKEN;
    if (errno == ENOLCK || errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL ||
        errno == 524) /* ENOTSUPP of the kernel, which some network file systems leak */
        return CLAIM_UNSUPPORTED;
    return CLAIM_FAILED;
}

static claim try_lock(int fd)
{
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

    return claim_of(fcntl(fd, F_SETLK, &whole));
}

static void holder(int fd, char who[WHO])
{
    ssize_t n = pread(fd, who, WHO - 1, 0);

    who[n > 0 ? n : 0] = 0;
    who[strcspn(who, "\n")] = 0;
}

static void own_host(char host[64])
{
    if (gethostname(host, 64) != 0)
        strcpy(host, "unknown");
    host[63] = 0;
}

/* Without locks: is whoever wrote the file still there? */
static bool holder_lives(int fd, const char *who)
{
    char host[64], own[64];
    long pid = 0;
    struct stat s;

    if (sscanf(who, "%63s %ld", host, &pid) != 2 || pid <= 0)
        return false;
    own_host(own);
    if (!strcmp(host, own))
        return pid != (long)getpid() && (kill((pid_t)pid, 0) == 0 || errno == EPERM);
    return fstat(fd, &s) == 0 && time(NULL) - s.st_mtime < STALE_SECONDS;
}

static lut_status sign(int fd, const char *path, lut_err *err)
{
    char text[WHO], host[64];
    int n;

    own_host(host);
    n = snprintf(text, sizeof text, "%s %ld\n", host, (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n)
        return lut_fail(err, LUT_EIO, "%s: %s", path, strerror(errno));
    return LUT_OK;
}

/* Whoever removed the directory meanwhile took the name with it. */
static lut_status check_name(int fd, const char *path, lut_err *err)
{
    struct stat held, named;

    if (fstat(fd, &held) == 0 && stat(path, &named) == 0 &&
        held.st_dev == named.st_dev && held.st_ino == named.st_ino)
        return LUT_OK;
    return lut_fail(err, LUT_EBUSY, "%s: removed by another run just now: try again",
                    path);
}

lut_status sweep_lock_take(sweep_lock *l, const char *path, lut_err *err)
{
    char who[WHO];
    claim c;
    lut_status st = LUT_OK;

    l->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (l->fd < 0)
        return lut_fail(err, LUT_EIO, "%s: %s", path, strerror(errno));
    c = try_lock(l->fd);
    if (c == CLAIM_FAILED)
        st = lut_fail(err, LUT_EIO, "%s: lock: %s", path, strerror(errno));
    holder(l->fd, who);
    if (c == CLAIM_TAKEN || (c == CLAIM_UNSUPPORTED && holder_lives(l->fd, who)))
        st = lut_fail(
            err, LUT_EBUSY,
            "%s: another run (host and process %s) works on this file: wait for "
            "it or stop it",
            path, who);
    if (st == LUT_OK)
        st = sign(l->fd, path, err);
    if (st == LUT_OK)
        st = check_name(l->fd, path, err);
    if (st != LUT_OK)
        sweep_lock_release(l);
    return st;
}

void sweep_lock_beat(const sweep_lock *l)
{
    if (l->fd >= 0)
        (void)futimens(l->fd, NULL);
}

void sweep_lock_release(sweep_lock *l)
{
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
}

bool sweep_lock_held(const char *path, char *who, size_t size)
{
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    char text[WHO];
    int fd = open(path, O_RDONLY | O_CLOEXEC); /* also of somebody else's sweep */
    bool held;

    who[0] = 0;
    if (fd < 0)
        return false;
    holder(fd, text);
    held = fcntl(fd, F_GETLK, &whole) == 0 ? whole.l_type != F_UNLCK
                                           : holder_lives(fd, text);
    if (held)
        snprintf(who, size, "%s", text);
    close(fd);
    return held;
}
