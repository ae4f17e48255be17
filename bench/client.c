/* A client that costs little: sends prepared requests over kept connections to 127.0.0.1 and measures the answers.

   client PORT FILE CONNECTIONS RATE

   FILE: each request as its length in decimal, a line feed, and its bytes. With RATE 0, so many connections send one request
   after the other. With a RATE, requests set out at so many a second on average, at random moments (Poisson), whether or not
   earlier ones were answered; CONNECTIONS is the most at a time, and latency counts from the planned moment.
   Prints JSON: answers with status 200 and others, seconds, and milliseconds of the median, 99th percentile and slowest. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LONGEST (1 << 20)

struct request { char *bytes; int length; double planned; };
struct connection { int fd, busy, written, filled, tries; struct request *request; char *answer; };

static struct request *requests;
static int count, next_one, ok, others, lost, poll_fd, port;
static double *latencies;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what) { perror(what); exit(1); }

static void load(const char *path) {
  int fd = open(path, O_RDONLY);
  struct stat size;
  if (fd < 0 || fstat(fd, &size)) fail(path);
  char *data = malloc(size.st_size + 1), *at = data;
  for (off_t got = 0; got < size.st_size;) {
    ssize_t more = read(fd, data + got, size.st_size - got);
    if (more <= 0) fail("read");
    got += more;
  }
  data[size.st_size] = 0;
  while (at < data + size.st_size) {
    int length = strtol(at, &at, 10);
    if (count % 1024 == 0) requests = realloc(requests, (count + 1024) * sizeof *requests);
    requests[count++] = (struct request){ at + 1, length, 0 };
    at += 1 + length;
  }
  latencies = malloc(count * sizeof *latencies);
}

static void connect_again(struct connection *one) {
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
  int yes = 1;
  if (one->fd >= 0) close(one->fd);
  one->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (one->fd < 0) fail("socket");
  setsockopt(one->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (connect(one->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) fail("connect");
  struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET | EPOLLRDHUP, .data.ptr = one };
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, one->fd, &event);
}

static void end_request(struct connection *one, int status) {
  latencies[ok + others] = now() - one->request->planned;
  if (status == 200) ok++;
  else others++;
  one->busy = 0;
}

/* Sends what is left of the request; the rest goes when epoll says so. */
static void push(struct connection *one) {
  while (one->written < one->request->length) {
    ssize_t done = send(one->fd, one->request->bytes + one->written, one->request->length - one->written, MSG_NOSIGNAL);
    if (done < 0) return;
    one->written += done;
  }
}

static void begin(struct connection *one, struct request *request) {
  one->busy = 1;
  one->written = one->filled = one->tries = 0;
  one->request = request;
  if (one->fd < 0) connect_again(one);
  push(one);
}

/* The server closed the connection: a request that it did not answer goes again by another one, as browsers do. */
static void closed(struct connection *one) {
  if (!one->busy) {
    close(one->fd);
    one->fd = -1;
  } else if (one->filled || ++one->tries > 5) {
    end_request(one, 0);
    close(one->fd);
    one->fd = -1;
  } else {
    lost++;
    one->written = 0;
    connect_again(one);
  }
}

/* Reads what came; whether the answer is whole. */
static int pull(struct connection *one) {
  for (;;) {
    ssize_t got = recv(one->fd, one->answer + one->filled, LONGEST - one->filled, 0);
    if (got < 0 && errno == EAGAIN) break;
    if (got <= 0) { closed(one); return 0; }
    one->filled += got;
  }
  if (!one->busy || !one->filled) return 0;
  one->answer[one->filled] = 0;
  char *end = strstr(one->answer, "\r\n\r\n"), *length = strcasestr(one->answer, "\r\ncontent-length:");
  if (!end || !length || length > end) return 0;
  if (one->filled < end + 4 - one->answer + atoi(length + 17)) return 0;
  end_request(one, atoi(one->answer + 9));
  char *closing = strcasestr(one->answer, "\r\nconnection: close");
  if (closing && closing < end) { close(one->fd); one->fd = -1; }
  return 1;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  port = atoi(argv[1]);
  load(argv[2]);
  int most = atoi(argv[3]);
  double rate = atof(argv[4]);
  struct connection *all = calloc(most, sizeof *all);
  poll_fd = epoll_create1(0);
  for (int i = 0; i < most; i++) {
    all[i].fd = -1;
    all[i].answer = malloc(LONGEST + 1);
  }
  double started = now(), moment = started;
  srand48(1);
  for (int i = 0; i < count && rate > 0; i++) {
    moment += -log(1 - drand48()) / rate;
    requests[i].planned = moment;
  }
  while (ok + others < count) {
    for (int i = 0; i < most && next_one < count; i++) {
      if (all[i].busy) continue;
      if (rate > 0 && requests[next_one].planned > now()) break;
      if (rate <= 0) requests[next_one].planned = now();
      begin(&all[i], &requests[next_one++]);
    }
    struct epoll_event events[256];
    int wait;
    if (rate > 0 && next_one < count) {
      double left = requests[next_one].planned - now();
      struct timespec pause = { 0, left > 0.001 ? 1000000 : left > 0 ? (long)(left * 1e9) : 0 };
      wait = epoll_pwait2(poll_fd, events, 256, &pause, NULL);
    } else
      wait = epoll_wait(poll_fd, events, 256, 1000);
    for (int i = 0; i < wait; i++) {
      struct connection *one = events[i].data.ptr;
      if (one->fd < 0) continue;
      if (one->busy && events[i].events & EPOLLOUT) push(one);
      if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP)) pull(one);
    }
  }
  double seconds = now() - started;
  qsort(latencies, count, sizeof *latencies, compare);
  printf("{\"ok\": %d, \"others\": %d, \"sent_again\": %d, \"seconds\": %f, \"p50\": %f, \"p99\": %f, \"slowest\": %f}\n", ok,
         others, lost, seconds, latencies[count / 2] * 1e3, latencies[count * 99 / 100] * 1e3, latencies[count - 1] * 1e3);
  return 0;
}
