/*
 * Loaded into a process with LD_PRELOAD: fsync and fdatasync of files below SLOW_FOLDER take SLOW_MS longer, on
 * whatever thread they are called.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char folder[PATH_MAX];
static size_t folder_length;
static struct timespec pause_of;

__attribute__((constructor)) static void start(void) {
  const char *of = getenv("SLOW_FOLDER"), *ms = getenv("SLOW_MS");
  if (!of || !ms || !realpath(of, folder)) return;
  long length = atol(ms);
  pause_of.tv_sec = length / 1000;
  pause_of.tv_nsec = length % 1000 * 1000000;
  folder_length = strlen(folder);
}

static int inside(int fd) {
  char link[32], path[PATH_MAX];
  if (folder_length == 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  return length > (ssize_t)folder_length && memcmp(path, folder, folder_length) == 0 && path[folder_length] == '/';
}

#define SYNC(name) \
  int name(int fd) { \
    static int (*real)(int); \
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, #name); \
    if (inside(fd)) nanosleep(&pause_of, NULL); \
    return real(fd); \
  }
SYNC(fsync)
SYNC(fdatasync)
