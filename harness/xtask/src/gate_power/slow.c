/* Spends DELAY_NS on the processor, then becomes PROGRAM with the same arguments: a binary that is slower by a known
   time. Both come from the compiler's command line. */
#include <time.h>
#include <unistd.h>

static long long now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(int count, char **arguments, char **environment) {
    (void)count;
    long long ends = now_ns() + DELAY_NS;
    while (now_ns() < ends) {
    }
    execve(PROGRAM, arguments, environment);
    return 127;
}
