/* What a tree costs, told a second time: `second NAME ROOT` prints the 10th percentile of three operations, in ns. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TAKES = 40, DIRECTORIES = 20, FILES = 100, LOOKUPS = 1000, PAGE = 4096 };

static const char *root;

static long long now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void need(int held, const char *what) {
    if (!held) {
        perror(what);
        exit(3);
    }
}

static int walk(void) {
    char path[4096];
    int entries = 0;
    for (int directory = 0; directory < DIRECTORIES; directory++) {
        snprintf(path, sizeof path, "%s/d%02d", root, directory);
        DIR *stream = opendir(path);
        need(stream != NULL, path);
        for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
            struct stat found;
            if (entry->d_name[0] == '.') continue;
            need(fstatat(dirfd(stream), entry->d_name, &found, AT_SYMLINK_NOFOLLOW) == 0, entry->d_name);
            entries += S_ISREG(found.st_mode);
        }
        closedir(stream);
    }
    need(entries == DIRECTORIES * FILES, "count the files");
    return entries;
}

static int read_small(void) {
    char path[4096], page[PAGE];
    for (int at = 0; at < DIRECTORIES * FILES; at++) {
        snprintf(path, sizeof path, "%s/d%02d/f%03d", root, at / FILES, at % FILES);
        int file = open(path, O_RDONLY | O_CLOEXEC);
        need(file >= 0 && read(file, page, PAGE) == PAGE, path);
        close(file);
    }
    return DIRECTORIES * FILES;
}

static int look_up(void) {
    char path[4096];
    struct stat found;
    snprintf(path, sizeof path, "%s/d00/nowhere", root);
    for (int at = 0; at < LOOKUPS; at++) need(lstat(path, &found) != 0 && errno == ENOENT, path);
    return LOOKUPS;
}

static int ascending(const void *left, const void *right) {
    long long a = *(const long long *)left, b = *(const long long *)right;
    return (a > b) - (a < b);
}

static void tell(const char *operation, const char *name, int (*call)(void)) {
    long long taken[TAKES];
    call();
    for (int take = 0; take < TAKES; take++) {
        long long began = now_ns();
        int times = call();
        taken[take] = (now_ns() - began) / times;
    }
    qsort(taken, TAKES, sizeof *taken, ascending);
    printf("%s %s %lld\n", operation, name, taken[TAKES / 10]);
}

int main(int count, char **words) {
    if (count != 3) return 2;
    root = words[2];
    tell("walk-warm", words[1], walk);
    tell("small-read", words[1], read_small);
    tell("lookup-fails-again", words[1], look_up);
    return 0;
}
