/* A disk that fails on command, for the tests: laid over the C library of the server's process. While the file $FAULT_FILE
 * holds a number, every write below $FAULT_ROOT fails with that errno, and so does opening for writing where it is EROFS.
 * Nothing but this process sees it, so no rights and no disk of one's own are needed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int fault(void) {
    const char *file = getenv("FAULT_FILE");
    if (!file) return 0;
    int fd = REAL(open64)(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    char text[16] = {0};
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    return n > 0 ? atoi(text) : 0;
}

static int below(const char *path) {
    const char *root = getenv("FAULT_ROOT");
    return root && strncmp(path, root, strlen(root)) == 0;
}

static int fails(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    return below(path) ? fault() : 0;
}

#define TRY(fd)                                                                                                        \
    do {                                                                                                               \
        int e = fails(fd);                                                                                             \
        if (e) {                                                                                                       \
            errno = e;                                                                                                 \
            return -1;                                                                                                 \
        }                                                                                                              \
    } while (0)

ssize_t write(int fd, const void *from, size_t n) {
    TRY(fd);
    return REAL(write)(fd, from, n);
}
ssize_t pwrite(int fd, const void *from, size_t n, off_t at) {
    TRY(fd);
    return REAL(pwrite)(fd, from, n, at);
}
ssize_t pwrite64(int fd, const void *from, size_t n, off64_t at) {
    TRY(fd);
    return REAL(pwrite64)(fd, from, n, at);
}
int ftruncate(int fd, off_t size) {
    TRY(fd);
    return REAL(ftruncate)(fd, size);
}
int ftruncate64(int fd, off64_t size) {
    TRY(fd);
    return REAL(ftruncate64)(fd, size);
}

static int refused(const char *path, int flags) {
    int writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT);
    return writes && below(path) && fault() == EROFS;
}

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        mode_t mode = 0;                                                                                               \
        if (flags & (O_CREAT | O_TMPFILE)) {                                                                           \
            va_list more;                                                                                              \
            va_start(more, flags);                                                                                     \
            mode = va_arg(more, mode_t);                                                                               \
            va_end(more);                                                                                              \
        }                                                                                                              \
        if (refused(path, flags)) {                                                                                    \
            errno = EROFS;                                                                                             \
            return -1;                                                                                                 \
        }                                                                                                              \
        return REAL(name)(path, flags, mode);                                                                          \
    }
OPEN(open)
OPEN(open64)
