/* Notes everything that is done to the files below the folder $DISK_FOLDER in the file $DISK_LOG, to be preloaded: what was
   written, what was waited for (fsync), what was made, renamed and removed. power_loss.py reads it.
   A note is made when the act is over: one that was waited for is noted behind all that it covers. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { WRITE = 1, TRUNCATE, SYNC, CREATE, RENAME, LINK, UNLINK, SYNC_FOLDER };

struct note {
    int64_t nanoseconds;
    uint64_t inode, offset;
    uint32_t kind, path_length, other_length, data_length;
};

#define REAL(name) ({ static __typeof__(&name) real; if (!real) real = dlsym(RTLD_NEXT, #name); real; })

static int log_file(void) {
    static int file;
    if (!file) {
        int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, "open64");
        file = real(getenv("DISK_LOG"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    }
    return file;
}

static int is_inside(const char *path) {
    const char *folder = getenv("DISK_FOLDER");
    return folder && !strncmp(path, folder, strlen(folder)) && !strstr(path, "-shm");
}

static int path_of(int file, char path[PATH_MAX]) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return is_inside(path);
}

static int absolute(const char *name, char path[PATH_MAX]) {
    if (name[0] == '/') snprintf(path, PATH_MAX, "%s", name);
    else if (!realpath(name, path)) return 0;
    return is_inside(path);
}

static void note(int kind, uint64_t inode, uint64_t offset, const char *path, const char *other, const void *data, size_t size) {
    int before = errno;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    struct note head = {now.tv_sec * 1000000000LL + now.tv_nsec, inode, offset, kind, strlen(path), strlen(other), size};
    struct iovec parts[] = {
        {&head, sizeof head}, {(void *)path, head.path_length}, {(void *)other, head.other_length}, {(void *)data, size},
    };
    if (writev(log_file(), parts, 4) < 0) abort();
    errno = before;
}

static void note_file(int kind, int file, uint64_t offset, const void *data, size_t size) {
    struct stat found;
    char path[PATH_MAX];
    if (fstat(file, &found) || !(S_ISREG(found.st_mode) || S_ISDIR(found.st_mode)) || !path_of(file, path)) return;
    note(S_ISDIR(found.st_mode) ? SYNC_FOLDER : kind, found.st_ino, offset, path, "", data, size);
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t offset) {
    ssize_t written = REAL(pwrite64)(file, data, size, offset);
    if (written > 0) note_file(WRITE, file, offset, data, written);
    return written;
}

ssize_t pwrite(int file, const void *data, size_t size, off_t offset) { return pwrite64(file, data, size, offset); }

ssize_t write(int file, const void *data, size_t size) {
    ssize_t written = REAL(write)(file, data, size);
    if (written > 0) {
        off64_t end = lseek64(file, 0, SEEK_CUR);
        if (end >= written) note_file(WRITE, file, end - written, data, written);
    }
    return written;
}

int ftruncate64(int file, off64_t size) {
    int failed = REAL(ftruncate64)(file, size);
    if (!failed) note_file(TRUNCATE, file, size, "", 0);
    return failed;
}

int ftruncate(int file, off_t size) { return ftruncate64(file, size); }

int fsync(int file) {
    int failed = REAL(fsync)(file);
    if (!failed) note_file(SYNC, file, 0, "", 0);
    return failed;
}

int fdatasync(int file) {
    int failed = REAL(fdatasync)(file);
    if (!failed) note_file(SYNC, file, 0, "", 0);
    return failed;
}

static int opened(int file, int flags, int was_there) {
    if (file >= 0 && (flags & O_CREAT) && !was_there) note_file(CREATE, file, 0, "", 0);
    else if (file >= 0 && (flags & O_TRUNC)) note_file(TRUNCATE, file, 0, "", 0);
    return file;
}

#define OPEN(name)                                              \
    int name(const char *path, int flags, ...) {                \
        va_list more;                                           \
        va_start(more, flags);                                  \
        int mode = va_arg(more, int);                           \
        va_end(more);                                           \
        int was_there = !(flags & O_CREAT) || !access(path, F_OK); \
        return opened(REAL(name)(path, flags, mode), flags, was_there); \
    }
OPEN(open)
OPEN(open64)

#define OPEN_AT(name)                                           \
    int name(int folder, const char *path, int flags, ...) {    \
        va_list more;                                           \
        va_start(more, flags);                                  \
        int mode = va_arg(more, int);                           \
        va_end(more);                                           \
        int was_there = !(flags & O_CREAT) || !faccessat(folder, path, F_OK, 0); \
        return opened(REAL(name)(folder, path, flags, mode), flags, was_there); \
    }
OPEN_AT(openat)
OPEN_AT(openat64)

static uint64_t inode_of(const char *path) {
    struct stat found;
    return lstat(path, &found) ? 0 : found.st_ino;
}

int rename(const char *from, const char *to) {
    char path[PATH_MAX], other[PATH_MAX];
    int inside = absolute(from, path) && absolute(to, other), failed = REAL(rename)(from, to);
    if (!failed && inside) note(RENAME, inode_of(to), 0, path, other, "", 0);
    return failed;
}

int link(const char *from, const char *to) {
    char path[PATH_MAX], other[PATH_MAX];
    int failed = REAL(link)(from, to);
    if (!failed && absolute(from, path) && absolute(to, other)) note(LINK, inode_of(to), 0, path, other, "", 0);
    return failed;
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    char path[PATH_MAX], other[PATH_MAX];
    int failed = REAL(linkat)(from_folder, from, to_folder, to, flags);
    if (!failed && absolute(from, path) && absolute(to, other)) note(LINK, inode_of(to), 0, path, other, "", 0);
    return failed;
}

int unlink(const char *name) {
    char path[PATH_MAX];
    int inside = absolute(name, path), failed = REAL(unlink)(name);
    if (!failed && inside) note(UNLINK, 0, 0, path, "", "", 0);
    return failed;
}
