/* Log lines go to one sink set by main; no sink, no output.  Levels: error (could not go
 * on), warn (unexpected, going on), info (volume proportional to trials), debug (to
 * epochs).  Lines are lower case, `name value` without `=`, no newline.  Set the sink
 * before threads start; logging itself is as thread-safe as the sink. */
#ifndef LUT_BASE_LOG_H
#define LUT_BASE_LOG_H

typedef enum lut_log_level { LUT_ERROR, LUT_WARN, LUT_INFO, LUT_DEBUG } lut_log_level;
typedef void (*lut_log_fn)(void *arg, lut_log_level level, const char *line);

/* Lines of a level above max are dropped; fn NULL: all are. */
void lut_log_sink(lut_log_level max, lut_log_fn fn, void *arg);

void lut_log(lut_log_level level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
