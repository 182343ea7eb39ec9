/* Bad weather for one folder: preloaded into a program, it stands between the program and the C library.
 *
 *   SHIM_FOLDER   the folder whose files are watched, absolute and without links
 *   SHIM_DURABLE  a folder on the same file system: what a power cut would leave of SHIM_FOLDER
 *   SHIM_CONTROL  a file of `struct control`, which the test changes while the program runs
 *
 * What a power cut leaves: of each file the bytes that it had when it was last synced, of each folder the names that it
 * had when it was last synced. `fsync` and `fdatasync` copy there and do nothing else; the kernel is never asked.
 *
 *   files/<inode>    the durable bytes of a file
 *   folders/<inode>  the durable names of a folder: a line each, kind (f or d), inode and name
 *   kept/<inode>     a second link to every file that lost its name, so that no other file gets its number
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct control {
    _Atomic int64_t room;      /* bytes that the disk still takes; negative: any number */
    _Atomic int64_t seconds;   /* added to the time of day */
    _Atomic int64_t read_only; /* not 0: nothing is written, made, renamed or removed */
    _Atomic int64_t syncless;  /* not 0: the disk fails to sync */
};

enum { FILES = 65536, RANGES = 256, COPIED = 1 << 16, NAME = 512 };

/* Beyond the end of every file. */
static const off_t END = INT64_MAX;

/* Bytes written since the last sync, `from` until before `until`. */
struct range {
    off_t from, until;
};

/* A file that is dirty. When its ranges are full the last one grows over what is added: more is copied than need be. */
struct dirty {
    ino_t inode;
    int count;
    struct range ranges[RANGES];
};

static char folder[NAME], durable[NAME];
static struct control *control;
static unsigned char watched[FILES];
static struct dirty *dirty[FILES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *real(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) {
        fprintf(stderr, "shim: no %s\n", name);
        abort();
    }
    return found;
}

/* The function of the C library that ours stands before. */
#define REAL(name)                                                                                                     \
    ({                                                                                                                 \
        static __typeof__(&name) found;                                                                                \
        if (!found) found = real(#name);                                                                               \
        found;                                                                                                         \
    })

__attribute__((constructor)) static void begin(void) {
    const char *in = getenv("SHIM_FOLDER"), *to = getenv("SHIM_DURABLE"), *by = getenv("SHIM_CONTROL");
    if (!in || !to || !by) return;
    snprintf(folder, sizeof folder, "%s", in);
    snprintf(durable, sizeof durable, "%s", to);
    int fd = REAL(open)(by, O_RDWR);
    void *page = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED) {
        fprintf(stderr, "shim: no control\n");
        abort();
    }
    REAL(close)(fd);
    control = page;
}

/* Whether a path leads into the folder. Links and `..` are not followed: the programs that we watch use neither. */
static int is_within(int at, const char *path) {
    char whole[2 * PATH_MAX];
    if (!control) return 0;
    if (path[0] == '/') {
        snprintf(whole, sizeof whole, "%s", path);
    } else {
        char base[PATH_MAX], link[64];
        snprintf(link, sizeof link, at == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", at);
        ssize_t length = readlink(link, base, sizeof base - 1);
        if (length < 0) return 0;
        base[length] = 0;
        snprintf(whole, sizeof whole, "%s/%s", base, path);
    }
    size_t length = strlen(folder);
    return strncmp(whole, folder, length) == 0 && (whole[length] == '/' || whole[length] == 0);
}

static int is_watched(int fd) {
    return control && fd >= 0 && fd < FILES && watched[fd];
}

static int refused(int why) {
    errno = why;
    return -1;
}

static int is_read_only(void) {
    return atomic_load(&control->read_only) != 0;
}

/* How many of `asked` bytes there is room for; they are taken. */
static size_t room_for(size_t asked) {
    int64_t room = atomic_load(&control->room);
    while (room >= 0) {
        int64_t taken = room < (int64_t)asked ? room : (int64_t)asked;
        if (atomic_compare_exchange_weak(&control->room, &room, room - taken)) return taken;
    }
    return asked;
}

static void place(char path[PATH_MAX], const char *kind, ino_t inode) {
    snprintf(path, PATH_MAX, "%.512s/%.16s/%lu", durable, kind, (unsigned long)inode);
}

static struct dirty *of(int fd) {
    struct stat stat;
    if (fstat(fd, &stat)) abort();
    for (int at = 0; at < FILES; at++) {
        if (!dirty[at]) {
            dirty[at] = calloc(1, sizeof **dirty);
            dirty[at]->inode = stat.st_ino;
        }
        if (dirty[at]->inode == stat.st_ino) return dirty[at];
    }
    abort();
}

static void note(int fd, off_t from, off_t until) {
    struct dirty *file = of(fd);
    for (int at = 0; at < file->count; at++) {
        struct range *range = &file->ranges[at];
        if (from <= range->until && until >= range->from) {
            if (from < range->from) range->from = from;
            if (until > range->until) range->until = until;
            return;
        }
    }
    if (file->count < RANGES) {
        file->ranges[file->count++] = (struct range){from, until};
        return;
    }
    struct range *last = &file->ranges[RANGES - 1];
    if (from < last->from) last->from = from;
    if (until > last->until) last->until = until;
}

static int copied(int from, int to, off_t at, off_t until) {
    static char bytes[COPIED];
    while (at < until) {
        size_t asked = until - at < COPIED ? (size_t)(until - at) : COPIED;
        ssize_t found = pread(from, bytes, asked, at);
        if (found <= 0) return (int)found;
        if (REAL(pwrite)(to, bytes, found, at) != found) return -1;
        at += found;
    }
    return 0;
}

static int sync_file(int fd, const struct stat *stat) {
    char path[PATH_MAX], link[64];
    place(path, "files", stat->st_ino);
    /* A file may be open for writing only. */
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int from = REAL(open)(link, O_RDONLY | O_CLOEXEC), to = REAL(open)(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (from < 0 || to < 0) abort();
    struct dirty *file = of(fd);
    int done = 0;
    for (int at = 0; at < file->count && !done; at++) done = copied(from, to, file->ranges[at].from, file->ranges[at].until);
    file->count = 0;
    if (!done) done = REAL(ftruncate)(to, stat->st_size);
    REAL(close)(from);
    REAL(close)(to);
    return done;
}

static int sync_folder(int fd, const struct stat *stat) {
    char path[PATH_MAX], next[PATH_MAX + 8], link[64];
    place(path, "folders", stat->st_ino);
    snprintf(next, sizeof next, "%s.next", path);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    DIR *names = opendir(link);
    int to = REAL(open)(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (!names || to < 0) abort();
    for (struct dirent *entry; (entry = readdir(names));) {
        char line[PATH_MAX];
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        if (entry->d_type != DT_REG && entry->d_type != DT_DIR) continue;
        int length = snprintf(line, sizeof line, "%c %lu %s\n", entry->d_type == DT_DIR ? 'd' : 'f',
                              (unsigned long)entry->d_ino, entry->d_name);
        if (REAL(write)(to, line, length) != length) abort();
    }
    closedir(names);
    REAL(close)(to);
    return REAL(rename)(next, path);
}

static int sync_fd(int fd) {
    struct stat stat;
    pthread_mutex_lock(&lock);
    if (fstat(fd, &stat)) abort();
    if (atomic_load(&control->syncless)) {
        /* As the kernel does it: what failed once is not tried again by the next sync. */
        if (S_ISREG(stat.st_mode)) of(fd)->count = 0;
        pthread_mutex_unlock(&lock);
        return refused(EIO);
    }
    int done = S_ISDIR(stat.st_mode) ? sync_folder(fd, &stat) : sync_file(fd, &stat);
    pthread_mutex_unlock(&lock);
    return done;
}

int fsync(int fd) {
    return is_watched(fd) ? sync_fd(fd) : REAL(fsync)(fd);
}

int fdatasync(int fd) {
    return is_watched(fd) ? sync_fd(fd) : REAL(fdatasync)(fd);
}

/* A file that loses its name keeps its number for as long as the test runs. */
static void keep(int at, const char *path) {
    struct stat stat;
    char kept[PATH_MAX];
    if (fstatat(at, path, &stat, AT_SYMLINK_NOFOLLOW) || !S_ISREG(stat.st_mode)) return;
    place(kept, "kept", stat.st_ino);
    linkat(at, path, AT_FDCWD, kept, 0);
}

static int opened(int at, const char *path, int flags, mode_t mode) {
    __typeof__(&openat) really = REAL(openat);
    if (!is_within(at, path)) return really(at, path, flags, mode);
    int writes = (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC);
    if (writes && is_read_only()) return refused(EROFS);
    /* A name that is made takes room, too. */
    if (flags & O_CREAT && faccessat(at, path, F_OK, 0) && !room_for(1)) return refused(ENOSPC);
    int fd = really(at, path, flags, mode);
    if (fd < 0 || fd >= FILES) return fd;
    watched[fd] = 1;
    if (flags & O_TRUNC) {
        pthread_mutex_lock(&lock);
        note(fd, 0, END);
        pthread_mutex_unlock(&lock);
    }
    return fd;
}

#define OPENED(at, path, flags)                                                                                        \
    mode_t mode = 0;                                                                                                   \
    if ((flags) & O_CREAT) {                                                                                           \
        va_list more;                                                                                                  \
        va_start(more, flags);                                                                                         \
        mode = va_arg(more, mode_t);                                                                                   \
        va_end(more);                                                                                                  \
    }                                                                                                                  \
    return opened(at, path, flags, mode)

int open(const char *path, int flags, ...) {
    OPENED(AT_FDCWD, path, flags);
}

int open64(const char *path, int flags, ...) {
    OPENED(AT_FDCWD, path, flags | O_LARGEFILE);
}

int openat(int at, const char *path, int flags, ...) {
    OPENED(at, path, flags);
}

int openat64(int at, const char *path, int flags, ...) {
    OPENED(at, path, flags | O_LARGEFILE);
}

int close(int fd) {
    if (is_watched(fd)) watched[fd] = 0;
    return REAL(close)(fd);
}

/* A second number of an open file is watched like the first. */
static int doubled(int fd, int to) {
    if (to >= 0 && to < FILES) watched[to] = is_watched(fd);
    return to;
}

int dup(int fd) {
    return doubled(fd, REAL(dup)(fd));
}

int dup2(int fd, int to) {
    return doubled(fd, REAL(dup2)(fd, to));
}

int dup3(int fd, int to, int flags) {
    return doubled(fd, REAL(dup3)(fd, to, flags));
}

int fcntl(int fd, int command, ...) {
    va_list more;
    va_start(more, command);
    void *value = va_arg(more, void *);
    va_end(more);
    int done = REAL(fcntl)(fd, command, value);
    return command == F_DUPFD || command == F_DUPFD_CLOEXEC ? doubled(fd, done) : done;
}

int fcntl64(int fd, int command, ...) {
    va_list more;
    va_start(more, command);
    void *value = va_arg(more, void *);
    va_end(more);
    return fcntl(fd, command, value);
}

/* Writes as much as there is room for, with what is written noted before anybody can sync. */
static ssize_t written(int fd, const void *bytes, size_t count, off_t at, int is_placed) {
    if (is_read_only()) return refused(EROFS);
    size_t room = room_for(count);
    if (count && !room) return refused(ENOSPC);
    pthread_mutex_lock(&lock);
    ssize_t done = is_placed ? REAL(pwrite)(fd, bytes, room, at) : REAL(write)(fd, bytes, room);
    if (done > 0) {
        off_t end = is_placed ? at + done : lseek(fd, 0, SEEK_CUR);
        note(fd, end - done, end);
    }
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t write(int fd, const void *bytes, size_t count) {
    return is_watched(fd) ? written(fd, bytes, count, 0, 0) : REAL(write)(fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
    return is_watched(fd) ? written(fd, bytes, count, at, 1) : REAL(pwrite)(fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    return pwrite(fd, bytes, count, at);
}

/* The first piece: whoever writes several goes on with the rest. */
ssize_t writev(int fd, const struct iovec *pieces, int count) {
    if (!is_watched(fd)) return REAL(writev)(fd, pieces, count);
    for (int at = 0; at < count; at++) {
        if (pieces[at].iov_len) return written(fd, pieces[at].iov_base, pieces[at].iov_len, 0, 0);
    }
    return 0;
}

int ftruncate(int fd, off_t length) {
    if (!is_watched(fd)) return REAL(ftruncate)(fd, length);
    if (is_read_only()) return refused(EROFS);
    pthread_mutex_lock(&lock);
    int done = REAL(ftruncate)(fd, length);
    note(fd, length, END);
    pthread_mutex_unlock(&lock);
    return done;
}

int ftruncate64(int fd, off64_t length) {
    return ftruncate(fd, length);
}

/* Copies that never pass through the program: it is told to copy by hand. */
ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *there, size_t count, unsigned flags) {
    if (is_watched(to)) return refused(ENOSYS);
    return REAL(copy_file_range)(from, at, to, there, count, flags);
}

int rename(const char *from, const char *to) {
    if (!is_within(AT_FDCWD, to)) return REAL(rename)(from, to);
    if (is_read_only()) return refused(EROFS);
    pthread_mutex_lock(&lock);
    keep(AT_FDCWD, to);
    int done = REAL(rename)(from, to);
    pthread_mutex_unlock(&lock);
    return done;
}

int unlinkat(int at, const char *path, int flags) {
    if (!is_within(at, path)) return REAL(unlinkat)(at, path, flags);
    if (is_read_only()) return refused(EROFS);
    pthread_mutex_lock(&lock);
    keep(at, path);
    int done = REAL(unlinkat)(at, path, flags);
    pthread_mutex_unlock(&lock);
    return done;
}

int unlink(const char *path) {
    return unlinkat(AT_FDCWD, path, 0);
}

int mkdir(const char *path, mode_t mode) {
    /* Of a folder that is there the kernel says that it is there. */
    if (is_within(AT_FDCWD, path) && is_read_only() && access(path, F_OK)) return refused(EROFS);
    return REAL(mkdir)(path, mode);
}

int fchmod(int fd, mode_t mode) {
    if (is_watched(fd) && is_read_only()) return refused(EROFS);
    return REAL(fchmod)(fd, mode);
}

int chmod(const char *path, mode_t mode) {
    if (is_within(AT_FDCWD, path) && is_read_only()) return refused(EROFS);
    return REAL(chmod)(path, mode);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int done = REAL(clock_gettime)(clock, now);
    if (!done && control && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        now->tv_sec += atomic_load(&control->seconds);
    }
    return done;
}
