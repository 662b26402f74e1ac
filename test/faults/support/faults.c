/*
 * Loaded into a process with LD_PRELOAD: calls on files below FAULT_FOLDER fail as the file FAULT_CONTROL says, which is
 * read anew at each of them. A line of it is `what error part`: what is write, sync, read or open (for writing), error a
 * name below, part a text in the paths that it is for.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { DESCRIPTORS = 4096, CONTROL_BYTES = 4096 };

static char folder[PATH_MAX];
static size_t folder_length;
static const char *control;
static char *paths[DESCRIPTORS];

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void start(void) {
  const char *of = getenv("FAULT_FOLDER");
  control = getenv("FAULT_CONTROL");
  if (!control || !of || !realpath(of, folder)) {
    control = NULL;
    return;
  }
  folder_length = strlen(folder);
}

static int error_named(const char *name) {
  if (strcmp(name, "ENOSPC") == 0) return ENOSPC;
  if (strcmp(name, "EROFS") == 0) return EROFS;
  if (strcmp(name, "EACCES") == 0) return EACCES;
  return EIO;
}

/* The error that this call on this path is to fail with; 0 for none. */
static int fault(const char *call, const char *path) {
  if (!control || !path) return 0;
  char text[CONTROL_BYTES + 1];
  int fd = (int)syscall(SYS_openat, AT_FDCWD, control, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return 0;
  ssize_t size = syscall(SYS_read, fd, text, CONTROL_BYTES);
  syscall(SYS_close, fd);
  if (size <= 0) return 0;
  text[size] = 0;
  char *rest = text, *line;
  while ((line = strsep(&rest, "\n"))) {
    char what[16], error[16], part[256];
    if (sscanf(line, "%15s %15s %255s", what, error, part) != 3) continue;
    if (strcmp(what, call) == 0 && strstr(path + folder_length, part)) return error_named(error);
  }
  return 0;
}

static const char *path_of(int fd) { return fd >= 0 && fd < DESCRIPTORS ? paths[fd] : NULL; }

static int inside(const char *path) {
  return control && path && strncmp(path, folder, folder_length) == 0 && path[folder_length] == '/';
}

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list rest; \
    va_start(rest, flags); \
    int mode = va_arg(rest, int); \
    va_end(rest); \
    if (!inside(path)) return real(path, flags, mode); \
    int error = (flags & (O_WRONLY | O_RDWR | O_CREAT)) ? fault("open", path) : 0; \
    if (error) { \
      errno = error; \
      return -1; \
    } \
    int fd = real(path, flags, mode); \
    if (fd >= 0 && fd < DESCRIPTORS) { \
      free(paths[fd]); \
      paths[fd] = strdup(path); \
    } \
    return fd; \
  }
OPEN(open)
OPEN(open64)

int close(int fd) {
  REAL(close);
  if (path_of(fd)) {
    free(paths[fd]);
    paths[fd] = NULL;
  }
  return real(fd);
}

#define FAULTY(call, result, name, parameters, arguments) \
  result name parameters { \
    REAL(name); \
    const char *path = path_of(fd); \
    int error = path ? fault(call, path) : 0; \
    if (!error) return real arguments; \
    errno = error; \
    return -1; \
  }
FAULTY("write", ssize_t, write, (int fd, const void *data, size_t length), (fd, data, length))
FAULTY("write", ssize_t, writev, (int fd, const struct iovec *parts, int count), (fd, parts, count))
FAULTY("write", ssize_t, pwrite, (int fd, const void *data, size_t length, off_t at), (fd, data, length, at))
FAULTY("write", ssize_t, pwrite64, (int fd, const void *data, size_t length, off64_t at), (fd, data, length, at))
FAULTY("write", int, ftruncate, (int fd, off_t length), (fd, length))
FAULTY("write", int, ftruncate64, (int fd, off64_t length), (fd, length))
FAULTY("read", ssize_t, pread, (int fd, void *data, size_t length, off_t at), (fd, data, length, at))
FAULTY("read", ssize_t, pread64, (int fd, void *data, size_t length, off64_t at), (fd, data, length, at))
FAULTY("sync", int, fsync, (int fd), (fd))
FAULTY("sync", int, fdatasync, (int fd), (fd))
