/*
 * Loaded into a process with LD_PRELOAD: appends to RECORD_TRACE, in the order in which they happened, what the process
 * did to the files below RECORD_FOLDER and what it sent over its sockets.
 *
 * A record is 17 bytes (kind, descriptor, offset, length, little-endian) and `length` bytes of data.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OPENED = 1, CREATED, WROTE, CUT, SYNCED, CLOSED, UNLINKED, RENAMED, SENT };
enum { DESCRIPTORS = 4096, SENT_BYTES_MAX = 4096, TRACE_DESCRIPTOR_MIN = 900 };

static int trace = -1;
static char folder[PATH_MAX];
static size_t folder_length;
static char watched[DESCRIPTORS];
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void start(void) {
  const char *to = getenv("RECORD_TRACE"), *of = getenv("RECORD_FOLDER");
  if (!to || !of || !realpath(of, folder)) return;
  folder_length = strlen(folder);
  int fd = (int)syscall(SYS_openat, AT_FDCWD, to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  trace = (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, TRACE_DESCRIPTOR_MIN);
  syscall(SYS_close, fd);
}

static int inside(const char *path) {
  return trace >= 0 && path && strncmp(path, folder, folder_length) == 0 &&
         (path[folder_length] == '/' || path[folder_length] == 0);
}

static int is_watched(int fd) { return trace >= 0 && fd >= 0 && fd < DESCRIPTORS && watched[fd]; }

static void note(unsigned char kind, int fd, int64_t offset, const struct iovec *parts, int count, size_t length) {
  unsigned char head[17];
  uint32_t descriptor = (uint32_t)fd, size = (uint32_t)length;
  head[0] = kind;
  memcpy(head + 1, &descriptor, 4);
  memcpy(head + 5, &offset, 8);
  memcpy(head + 13, &size, 4);
  struct iovec all[18] = {{head, sizeof head}};
  int used = 1;
  for (int i = 0; i < count && used < 18 && length > 0; i++) {
    size_t take = parts[i].iov_len < length ? parts[i].iov_len : length;
    all[used].iov_base = parts[i].iov_base;
    all[used++].iov_len = take;
    length -= take;
  }
  /* A record cut short would make the rest unreadable, and the test fails on an unreadable trace. */
  syscall(SYS_writev, trace, all, used);
}

static void note_text(unsigned char kind, int fd, const char *text) {
  struct iovec part = {(void *)text, strlen(text)};
  note(kind, fd, 0, &part, 1, part.iov_len);
}

static int opened(int fd, const char *path, int created) {
  if (fd >= 0 && fd < DESCRIPTORS) {
    watched[fd] = 1;
    note_text(created ? CREATED : OPENED, fd, path);
  }
  return fd;
}

/* libuv closes files by a system call of its own: that a number stands for something else shows when it is used again. */
static int reused(int fd) {
  if (!is_watched(fd)) return fd;
  pthread_mutex_lock(&order);
  watched[fd] = 0;
  note(CLOSED, fd, 0, NULL, 0, 0);
  pthread_mutex_unlock(&order);
  return fd;
}

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list rest; \
    va_start(rest, flags); \
    int mode = va_arg(rest, int); \
    va_end(rest); \
    if (!inside(path)) return reused(real(path, flags, mode)); \
    pthread_mutex_lock(&order); \
    int created = (flags & O_CREAT) && syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0; \
    int fd = opened(real(path, flags, mode), path, created); \
    if (fd >= 0 && !created && (flags & O_TRUNC)) note(CUT, fd, 0, NULL, 0, 0); \
    pthread_mutex_unlock(&order); \
    return fd; \
  }
OPEN(open)
OPEN(open64)

int close(int fd) {
  REAL(close);
  if (!is_watched(fd)) return real(fd);
  pthread_mutex_lock(&order);
  watched[fd] = 0;
  note(CLOSED, fd, 0, NULL, 0, 0);
  int result = real(fd);
  pthread_mutex_unlock(&order);
  return result;
}

#define PWRITE(name) \
  ssize_t name(int fd, const void *data, size_t length, off_t offset) { \
    REAL(name); \
    if (!is_watched(fd)) return real(fd, data, length, offset); \
    pthread_mutex_lock(&order); \
    ssize_t done = real(fd, data, length, offset); \
    struct iovec part = {(void *)data, length}; \
    if (done > 0) note(WROTE, fd, offset, &part, 1, (size_t)done); \
    pthread_mutex_unlock(&order); \
    return done; \
  }
PWRITE(pwrite)
PWRITE(pwrite64)

static int is_socket(int fd) {
  struct stat is;
  return trace >= 0 && fd > 2 && fstat(fd, &is) == 0 && S_ISSOCK(is.st_mode);
}

/* Whether a file is watched under this number, and not a socket that got it after the file was closed. */
static int is_file(int fd) {
  if (is_watched(fd) && is_socket(fd)) reused(fd);
  return is_watched(fd);
}

static void wrote(int fd, off_t at, const struct iovec *parts, int count, ssize_t done) {
  if (done <= 0) return;
  size_t length = (size_t)done;
  if (is_watched(fd)) note(WROTE, fd, at, parts, count, length);
  else note(SENT, fd, 0, parts, count, length < SENT_BYTES_MAX ? length : SENT_BYTES_MAX);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(writev);
  int file = is_file(fd);
  if (!file && !is_socket(fd)) return real(fd, parts, count);
  pthread_mutex_lock(&order);
  off_t at = file ? lseek(fd, 0, SEEK_CUR) : 0;
  ssize_t done = real(fd, parts, count);
  wrote(fd, at, parts, count, done);
  pthread_mutex_unlock(&order);
  return done;
}

ssize_t write(int fd, const void *data, size_t length) {
  REAL(write);
  int file = is_file(fd);
  if (!file && !is_socket(fd)) return real(fd, data, length);
  pthread_mutex_lock(&order);
  off_t at = file ? lseek(fd, 0, SEEK_CUR) : 0;
  ssize_t done = real(fd, data, length);
  struct iovec part = {(void *)data, length};
  wrote(fd, at, &part, 1, done);
  pthread_mutex_unlock(&order);
  return done;
}

#define FTRUNCATE(name) \
  int name(int fd, off_t length) { \
    REAL(name); \
    if (!is_watched(fd)) return real(fd, length); \
    pthread_mutex_lock(&order); \
    int result = real(fd, length); \
    if (result == 0) note(CUT, fd, length, NULL, 0, 0); \
    pthread_mutex_unlock(&order); \
    return result; \
  }
FTRUNCATE(ftruncate)
FTRUNCATE(ftruncate64)

#define SYNC(name) \
  int name(int fd) { \
    REAL(name); \
    if (!is_watched(fd)) return real(fd); \
    pthread_mutex_lock(&order); \
    int result = real(fd); \
    if (result == 0) note(SYNCED, fd, 0, NULL, 0, 0); \
    pthread_mutex_unlock(&order); \
    return result; \
  }
SYNC(fsync)
SYNC(fdatasync)

int unlink(const char *path) {
  REAL(unlink);
  if (!inside(path)) return real(path);
  pthread_mutex_lock(&order);
  int result = real(path);
  if (result == 0) note_text(UNLINKED, -1, path);
  pthread_mutex_unlock(&order);
  return result;
}

int rename(const char *from, const char *to) {
  REAL(rename);
  if (!inside(from) && !inside(to)) return real(from, to);
  pthread_mutex_lock(&order);
  int result = real(from, to);
  if (result == 0) {
    struct iovec parts[2] = {{(void *)from, strlen(from) + 1}, {(void *)to, strlen(to)}};
    note(RENAMED, -1, 0, parts, 2, parts[0].iov_len + parts[1].iov_len);
  }
  pthread_mutex_unlock(&order);
  return result;
}
