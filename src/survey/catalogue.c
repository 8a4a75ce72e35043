/* catalogue.c: the catalogue's file.
 *
 * All numbers of networks are below 2^62 and fit SQLite's signed 64 bits. A run is known by the text of its
 * settings (settings.c), so that the same survey continued, divided or repeated meets its own numbers. */
#include "survey/catalogue.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define APPLICATION "1735550019" /* "grlC", in the file's header */
#define VERSION     "1"

static const char schema[] =
    "CREATE TABLE runs (run INTEGER PRIMARY KEY, settings TEXT NOT NULL UNIQUE);"
    "CREATE TABLE chunks (run INTEGER NOT NULL REFERENCES runs, chunk INTEGER NOT NULL, done INTEGER NOT NULL,"
    " PRIMARY KEY (run, chunk)) WITHOUT ROWID;"
    "CREATE TABLE classes (run INTEGER NOT NULL REFERENCES runs, key TEXT NOT NULL, name TEXT NOT NULL,"
    " stable INTEGER NOT NULL, unstable INTEGER NOT NULL, saddle INTEGER NOT NULL,"
    " stable_cycles INTEGER, unstable_cycles INTEGER, count INTEGER NOT NULL, first INTEGER NOT NULL,"
    " best INTEGER NOT NULL, margin REAL NOT NULL, light INTEGER NOT NULL, norm REAL NOT NULL, PRIMARY KEY (run, key)) WITHOUT ROWID;"
    "CREATE TABLE examples (run INTEGER NOT NULL REFERENCES runs, key TEXT NOT NULL, source INTEGER NOT NULL,"
    " margin REAL NOT NULL, numbers TEXT NOT NULL, PRIMARY KEY (run, key)) WITHOUT ROWID;"
    "CREATE TABLE undecided (run INTEGER NOT NULL REFERENCES runs, network INTEGER NOT NULL,"
    " reason INTEGER NOT NULL, PRIMARY KEY (run, network)) WITHOUT ROWID;"
    "PRAGMA application_id = " APPLICATION "; PRAGMA user_version = " VERSION ";";

/* How a class that is there already takes another part of its networks: as in tally.c. */
#define UPSERT                                                                                                  \
    " ON CONFLICT (run, key) DO UPDATE SET count = count + excluded.count, first = min(first, excluded.first)," \
    " best = CASE WHEN excluded.margin > margin OR (excluded.margin = margin AND excluded.best < best)"         \
    " THEN excluded.best ELSE best END, margin = max(margin, excluded.margin),"                                 \
    " light = CASE WHEN excluded.norm < norm OR (excluded.norm = norm AND excluded.light < light)"              \
    " THEN excluded.light ELSE light END, norm = min(norm, excluded.norm)"

struct grl_catalogue {
    sqlite3 *file;
    char *path;
    int open; /* a transaction */
};

/* What the file's trouble is, as a sentence. */
static grl_status trouble(const grl_catalogue *catalogue, grl_error *error)
{
    int code = sqlite3_errcode(catalogue->file) & 0xff;
    if (code == SQLITE_NOTADB)
        return grl_fail(error, GRL_BAD_INPUT,
                        "%s: expected a catalogue of grulens survey, found what is not a database",
                        catalogue->path);
    if (code == SQLITE_NOMEM) return grl_fail(error, GRL_NO_MEMORY, "%s: not enough memory", catalogue->path);
    return grl_fail(error, code == SQLITE_CORRUPT ? GRL_BAD_INPUT : GRL_IO, "%s: %s%s", catalogue->path,
                    sqlite3_errmsg(catalogue->file),
                    code == SQLITE_FULL   ? "; what was there before is kept and --resume goes on from it"
                    : code == SQLITE_BUSY ? "; another process is writing to it"
                                          : "");
}

static grl_status execute(grl_catalogue *catalogue, const char *sql, grl_error *error)
{
    return sqlite3_exec(catalogue->file, sql, NULL, NULL, NULL) == SQLITE_OK ? GRL_OK
                                                                             : trouble(catalogue, error);
}

/* One statement with a few values: 'i' for a whole number (long long), 'd' for a double, 't' for a
 * text, 'n' for nothing. Ready for its first step. */
typedef struct value {
    char type;
    long long i;
    double d;
    const char *t;
} value;

static grl_status prepare(grl_catalogue *catalogue, const char *sql, const value *values, int count,
                          sqlite3_stmt **statement, grl_error *error)
{
    int code = sqlite3_prepare_v2(catalogue->file, sql, -1, statement, NULL);
    for (int k = 0; k < count && code == SQLITE_OK; k++) {
        const value *v = &values[k];
        if (v->type == 'i') code = sqlite3_bind_int64(*statement, k + 1, v->i);
        if (v->type == 'd') code = sqlite3_bind_double(*statement, k + 1, v->d);
        if (v->type == 't') code = sqlite3_bind_text(*statement, k + 1, v->t, -1, SQLITE_TRANSIENT);
        if (v->type == 'n') code = sqlite3_bind_null(*statement, k + 1);
    }
    if (code == SQLITE_OK) return GRL_OK;
    grl_status status = trouble(catalogue, error);
    sqlite3_finalize(*statement);
    *statement = NULL;
    return status;
}

static grl_status change(grl_catalogue *catalogue, const char *sql, const value *values, int count,
                         grl_error *error)
{
    sqlite3_stmt *statement;
    grl_status status = prepare(catalogue, sql, values, count, &statement, error);
    if (status != GRL_OK) return status;
    if (sqlite3_step(statement) != SQLITE_DONE) status = trouble(catalogue, error);
    sqlite3_finalize(statement);
    return status;
}

/* One whole number, or `otherwise` if there is no row. */
static grl_status ask(grl_catalogue *catalogue, const char *sql, const value *values, int count,
                      long long otherwise, long long *answer, grl_error *error)
{
    sqlite3_stmt *statement;
    grl_status status = prepare(catalogue, sql, values, count, &statement, error);
    if (status != GRL_OK) return status;
    int code = sqlite3_step(statement);
    *answer = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : otherwise;
    if (code != SQLITE_ROW && code != SQLITE_DONE) status = trouble(catalogue, error);
    sqlite3_finalize(statement);
    return status;
}

/* A transaction, unless one is open. */
static grl_status begin(grl_catalogue *catalogue, grl_error *error)
{
    if (catalogue->open) return GRL_OK;
    grl_status status = execute(catalogue, "BEGIN IMMEDIATE", error);
    catalogue->open = status == GRL_OK;
    return status;
}

grl_status grl_catalogue_commit(grl_catalogue *catalogue, grl_error *error)
{
    if (!catalogue->open) return GRL_OK;
    grl_status status = execute(catalogue, "COMMIT", error);
    if (status == GRL_OK) catalogue->open = 0;
    return status;
}

void grl_catalogue_close(grl_catalogue *catalogue)
{
    if (!catalogue) return;
    sqlite3_close(catalogue->file); /* rolls back what is open */
    free(catalogue->path);
    free(catalogue);
}

static grl_status check_format(grl_catalogue *catalogue, grl_error *error)
{
    long long application = 0, version = 0;
    grl_status status = ask(catalogue, "PRAGMA application_id", NULL, 0, 0, &application, error);
    if (status == GRL_OK) status = ask(catalogue, "PRAGMA user_version", NULL, 0, 0, &version, error);
    if (status != GRL_OK) return status;
    if (application != atoll(APPLICATION))
        return grl_fail(error, GRL_BAD_INPUT,
                        "%s: expected a catalogue of grulens survey, found another SQLite file",
                        catalogue->path);
    if (version != atoll(VERSION))
        return grl_fail(error, GRL_BAD_INPUT,
                        "%s: expected a catalogue of version " VERSION ", found version %lld",
                        catalogue->path, version);
    return GRL_OK;
}

static grl_status open_file(grl_catalogue *catalogue, const char *path, grl_catalogue_mode mode,
                            grl_error *error)
{
    long long tables = 0;
    struct stat found;
    const int there = stat(path, &found) == 0;
    const int flags =
        mode == GRL_CATALOGUE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    catalogue->path = grl_strdup(path);
    if (!catalogue->path) return grl_fail_memory(error, 1, strlen(path) + 1);
    if (there && !S_ISREG(found.st_mode))
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected a file, found %s", path,
                        S_ISDIR(found.st_mode) ? "a directory" : "something else");
    if (mode == GRL_CATALOGUE_CREATE && there)
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected a new file, found one; --resume goes on with it",
                        path);
    if ((mode == GRL_CATALOGUE_READ || mode == GRL_CATALOGUE_CHANGE) && !there)
        return grl_fail(error, GRL_IO, "%s: expected a catalogue, found no file", path);
    if (sqlite3_open_v2(path, &catalogue->file, flags, NULL) != SQLITE_OK)
        return catalogue->file ? trouble(catalogue, error) : grl_fail_memory(error, 1, 1);
    sqlite3_busy_timeout(catalogue->file, 10000);
    grl_status status = ask(catalogue, "SELECT count(*) FROM sqlite_master", NULL, 0, 0, &tables, error);
    if (status != GRL_OK) return status;
    /* A new file, or one whose maker died before its first transaction. */
    if (tables == 0 && (mode == GRL_CATALOGUE_CREATE || mode == GRL_CATALOGUE_RESUME)) {
        status = begin(catalogue, error);
        if (status == GRL_OK) status = execute(catalogue, schema, error);
        if (status == GRL_OK) status = grl_catalogue_commit(catalogue, error);
    }
    return status == GRL_OK ? check_format(catalogue, error) : status;
}

grl_status grl_catalogue_open(const char *path, grl_catalogue_mode mode, grl_catalogue **catalogue,
                              grl_error *error)
{
    *catalogue = grl_calloc(1, sizeof **catalogue);
    if (!*catalogue) return grl_fail_memory(error, 1, sizeof **catalogue);
    grl_status status = open_file(*catalogue, path, mode, error);
    if (status != GRL_OK) {
        grl_catalogue_close(*catalogue);
        *catalogue = NULL;
    }
    return status;
}

static grl_status run_of_text(grl_catalogue *catalogue, const char *text, long long *run, grl_error *error)
{
    const value values[] = {{.type = 't', .t = text}};
    grl_status status = begin(catalogue, error);
    if (status == GRL_OK)
        status = change(catalogue, "INSERT OR IGNORE INTO runs (settings) VALUES (?)", values, 1, error);
    if (status == GRL_OK)
        status = ask(catalogue, "SELECT run FROM runs WHERE settings = ?", values, 1, 0, run, error);
    return status;
}

grl_status grl_catalogue_run(grl_catalogue *catalogue, const grl_survey_settings *settings, long long *run,
                             grl_error *error)
{
    char *text = NULL;
    grl_status status = grl_settings_text(settings, &text, error);
    if (status == GRL_OK) status = run_of_text(catalogue, text, run, error);
    free(text);
    return status;
}

grl_status grl_catalogue_done(grl_catalogue *catalogue, long long run, uint64_t chunk, uint64_t *done,
                              grl_error *error)
{
    const value values[] = {{.type = 'i', .i = run}, {.type = 'i', .i = (long long)chunk}};
    long long answer = 0;
    grl_status status =
        ask(catalogue, "SELECT done FROM chunks WHERE run = ? AND chunk = ?", values, 2, 0, &answer, error);
    *done = (uint64_t)answer;
    return status;
}

static grl_status add_class(grl_catalogue *catalogue, long long run, const grl_class *class, grl_error *error)
{
    const char cycles = class->stable_cycles >= 0 ? 'i' : 'n';
    const value values[] = {{.type = 'i', .i = run},
                            {.type = 't', .t = class->key},
                            {.type = 't', .t = class->name},
                            {.type = 'i', .i = class->stable},
                            {.type = 'i', .i = class->unstable},
                            {.type = 'i', .i = class->saddle},
                            {.type = cycles, .i = class->stable_cycles},
                            {.type = cycles, .i = class->unstable_cycles},
                            {.type = 'i', .i = (long long)class->count},
                            {.type = 'i', .i = (long long)class->first},
                            {.type = 'i', .i = (long long)class->best},
                            {.type = 'd', .d = class->margin},
                            {.type = 'i', .i = (long long)class->light},
                            {.type = 'd', .d = class->norm}};
    return change(catalogue, "INSERT INTO classes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" UPSERT,
                  values, 14, error);
}

static grl_status add_odd(grl_catalogue *catalogue, long long run, const grl_odd *odd, grl_error *error)
{
    const value values[] = {
        {.type = 'i', .i = run}, {.type = 'i', .i = (long long)odd->index}, {.type = 'i', .i = odd->reason}};
    return change(catalogue, "INSERT INTO undecided VALUES (?, ?, ?)", values, 3, error);
}

grl_status grl_catalogue_add(grl_catalogue *catalogue, long long run, uint64_t chunk, uint64_t done,
                             const grl_tally *tally, grl_error *error)
{
    const value values[] = {
        {.type = 'i', .i = run}, {.type = 'i', .i = (long long)chunk}, {.type = 'i', .i = (long long)done}};
    grl_status status = begin(catalogue, error);
    for (size_t i = 0; i < tally->count && status == GRL_OK; i++)
        status = add_class(catalogue, run, &tally->classes[i], error);
    for (size_t i = 0; i < tally->odd_count && status == GRL_OK; i++)
        status = add_odd(catalogue, run, &tally->odd[i], error);
    if (status == GRL_OK)
        status = change(catalogue, "INSERT OR REPLACE INTO chunks VALUES (?, ?, ?)", values, 3, error);
    return status;
}

grl_status grl_catalogue_count(grl_catalogue *catalogue, long long run, grl_survey_result *result,
                               grl_error *error)
{
    const value values[] = {{.type = 'i', .i = run}};
    long long networks = 0, undecided = 0, classes = 0;
    grl_status status = ask(catalogue, "SELECT ifnull(sum(done), 0) FROM chunks WHERE run = ?", values, 1, 0,
                            &networks, error);
    if (status == GRL_OK)
        status =
            ask(catalogue, "SELECT count(*) FROM undecided WHERE run = ?", values, 1, 0, &undecided, error);
    if (status == GRL_OK)
        status = ask(catalogue, "SELECT count(*) FROM classes WHERE run = ?", values, 1, 0, &classes, error);
    result->networks = (unsigned long long)networks;
    result->undecided = (unsigned long long)undecided;
    result->classes = (unsigned long long)classes;
    return status;
}

grl_status grl_catalogue_runs(grl_catalogue *catalogue, size_t *count, grl_error *error)
{
    long long answer = 0;
    grl_status status = ask(catalogue, "SELECT count(*) FROM runs", NULL, 0, 0, &answer, error);
    *count = (size_t)answer;
    return status;
}

grl_status grl_catalogue_settings(grl_catalogue *catalogue, size_t i, long long *run,
                                  grl_survey_settings *settings, grl_error *error)
{
    const value values[] = {{.type = 'i', .i = (long long)i}};
    sqlite3_stmt *statement;
    grl_status status =
        prepare(catalogue, "SELECT run, settings FROM runs ORDER BY settings LIMIT 1 OFFSET ?", values, 1,
                &statement, error);
    if (status != GRL_OK) return status;
    if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 1)) {
        *run = sqlite3_column_int64(statement, 0);
        status = grl_settings_read((const char *)sqlite3_column_text(statement, 1), settings, error);
    } else {
        status = trouble(catalogue, error);
    }
    sqlite3_finalize(statement);
    return status;
}

static const char *text_at(sqlite3_stmt *statement, int column)
{
    const unsigned char *text = sqlite3_column_text(statement, column);
    return text ? (const char *)text : "";
}

static int cycles_at(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL ? -1 : sqlite3_column_int(statement, column);
}

grl_status grl_catalogue_classes(grl_catalogue *catalogue, long long run, size_t most, grl_tally *tally,
                                 grl_error *error)
{
    const value values[] = {{.type = 'i', .i = run}, {.type = 'i', .i = (long long)most}};
    sqlite3_stmt *s;
    grl_status status = prepare(
        catalogue,
        "SELECT key, name, stable, unstable, saddle, stable_cycles, unstable_cycles, count,"
        " first, best, margin, light, norm FROM classes WHERE run = ? ORDER BY count DESC, key LIMIT ?",
        values, 2, &s, error);
    int code = SQLITE_ROW;
    while (status == GRL_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        char *key = grl_strdup(text_at(s, 0)), *name = grl_strdup(text_at(s, 1));
        grl_class class = {.key = key,
                           .name = name,
                           .stable = sqlite3_column_int(s, 2),
                           .unstable = sqlite3_column_int(s, 3),
                           .saddle = sqlite3_column_int(s, 4),
                           .stable_cycles = cycles_at(s, 5),
                           .unstable_cycles = cycles_at(s, 6),
                           .count = (uint64_t)sqlite3_column_int64(s, 7),
                           .first = (uint64_t)sqlite3_column_int64(s, 8),
                           .best = (uint64_t)sqlite3_column_int64(s, 9),
                           .margin = sqlite3_column_double(s, 10),
                           .light = (uint64_t)sqlite3_column_int64(s, 11),
                           .norm = sqlite3_column_double(s, 12)};
        status = key && name ? grl_tally_add(tally, &class, error) : grl_fail_memory(error, 2, 1);
        free(key);
        free(name);
    }
    if (status == GRL_OK && code != SQLITE_DONE) status = trouble(catalogue, error);
    sqlite3_finalize(s);
    return status;
}

grl_status grl_catalogue_example(grl_catalogue *catalogue, long long run, const char *key, uint64_t *source,
                                 double *margin, char **numbers, grl_error *error)
{
    const value values[] = {{.type = 'i', .i = run}, {.type = 't', .t = key}};
    sqlite3_stmt *statement;
    *numbers = NULL;
    grl_status status =
        prepare(catalogue, "SELECT source, margin, numbers FROM examples WHERE run = ? AND key = ?", values,
                2, &statement, error);
    if (status != GRL_OK) return status;
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        *source = (uint64_t)sqlite3_column_int64(statement, 0);
        *margin = sqlite3_column_double(statement, 1);
        *numbers = grl_strdup(text_at(statement, 2));
        if (!*numbers) status = grl_fail_memory(error, 1, 1);
    } else if (code != SQLITE_DONE) {
        status = trouble(catalogue, error);
    }
    sqlite3_finalize(statement);
    return status;
}

grl_status grl_catalogue_keep_example(grl_catalogue *catalogue, long long run, const char *key,
                                      uint64_t source, double margin, const char *numbers, grl_error *error)
{
    const value values[] = {{.type = 'i', .i = run},
                            {.type = 't', .t = key},
                            {.type = 'i', .i = (long long)source},
                            {.type = 'd', .d = margin},
                            {.type = 't', .t = numbers}};
    grl_status status = begin(catalogue, error);
    return status == GRL_OK
               ? change(catalogue, "INSERT OR REPLACE INTO examples VALUES (?, ?, ?, ?, ?)", values, 5, error)
               : status;
}

static grl_status dump_example(grl_catalogue *catalogue, long long run, const char *key, grl_text *out,
                               grl_error *error)
{
    uint64_t source;
    double margin;
    char *numbers;
    grl_status status = grl_catalogue_example(catalogue, run, key, &source, &margin, &numbers, error);
    if (status != GRL_OK || !numbers) return status;
    grl_text_addf(out, "example %llu ", (unsigned long long)source);
    grl_text_add_number(out, margin);
    grl_text_addf(out, " %s\n", numbers);
    free(numbers);
    return GRL_OK;
}

static void dump_class(grl_text *out, const grl_class *class)
{
    grl_text_addf(out, "class %s | %s | %d %d %d | %d %d | %llu %llu %llu ", class->key, class->name,
                  class->stable, class->unstable, class->saddle, class->stable_cycles, class->unstable_cycles,
                  (unsigned long long)class->count, (unsigned long long)class->first,
                  (unsigned long long)class->best);
    grl_text_add_number(out, class->margin);
    grl_text_addf(out, " | %llu ", (unsigned long long)class->light);
    grl_text_add_number(out, class->norm);
    grl_text_add(out, "\n");
}

static grl_status dump_run(grl_catalogue *catalogue, long long run, const grl_survey_settings *settings,
                           grl_text *out, grl_error *error)
{
    const value values[] = {{.type = 'i', .i = run}};
    grl_survey_result result = {0};
    grl_tally tally = {0};
    sqlite3_stmt *statement = NULL;
    char *text = NULL;
    int code = SQLITE_ROW;
    grl_status status = grl_settings_text(settings, &text, error);
    if (status == GRL_OK) status = grl_catalogue_count(catalogue, run, &result, error);
    if (status == GRL_OK) status = grl_catalogue_classes(catalogue, run, (size_t)1 << 40, &tally, error);
    if (status != GRL_OK) goto done;
    grl_text_addf(out, "run %s\nnetworks %llu undecided %llu classes %llu\n", text, result.networks,
                  result.undecided, result.classes);
    for (size_t i = 0; i < tally.count && status == GRL_OK; i++) {
        dump_class(out, &tally.classes[i]);
        status = dump_example(catalogue, run, tally.classes[i].key, out, error);
    }
    if (status != GRL_OK) goto done;
    status = prepare(catalogue, "SELECT network, reason FROM undecided WHERE run = ? ORDER BY network",
                     values, 1, &statement, error);
    while (status == GRL_OK && (code = sqlite3_step(statement)) == SQLITE_ROW)
        grl_text_addf(out, "undecided %lld %s\n", (long long)sqlite3_column_int64(statement, 0),
                      grl_undecided_text(sqlite3_column_int(statement, 1)));
    if (status == GRL_OK && code != SQLITE_DONE) status = trouble(catalogue, error);
done:
    sqlite3_finalize(statement);
    grl_tally_free(&tally);
    free(text);
    return status;
}

grl_status grl_catalogue_dump(grl_catalogue *catalogue, char **text, grl_error *error)
{
    grl_text out = {0};
    size_t runs = 0;
    grl_status status = grl_catalogue_runs(catalogue, &runs, error);
    grl_text_add(&out, "grulens-catalogue " VERSION "\n");
    for (size_t i = 0; i < runs && status == GRL_OK; i++) {
        grl_survey_settings settings;
        long long run;
        status = grl_catalogue_settings(catalogue, i, &run, &settings, error);
        if (status == GRL_OK) status = dump_run(catalogue, run, &settings, &out, error);
    }
    if (status != GRL_OK) {
        grl_text_drop(&out);
        *text = NULL;
        return status;
    }
    *text = grl_text_take(&out);
    return *text ? GRL_OK : grl_fail(error, GRL_NO_MEMORY, "not enough memory for the catalogue's text");
}

/* Runs of both have the same text; `own` gives this catalogue's number for the other's. */
#define OWN_RUN " JOIN other.runs AS o ON o.run = t.run JOIN main.runs AS own ON own.settings = o.settings "

static grl_status merge_attached(grl_catalogue *catalogue, const char *other, grl_error *error)
{
    long long both = 0;
    grl_status status = begin(catalogue, error);
    if (status == GRL_OK)
        status = execute(catalogue,
                         "INSERT OR IGNORE INTO main.runs (settings) SELECT settings FROM other.runs", error);
    if (status == GRL_OK)
        status = ask(catalogue,
                     "SELECT count(*) FROM other.chunks AS t" OWN_RUN
                     "JOIN main.chunks AS c ON c.run = own.run AND c.chunk = t.chunk",
                     NULL, 0, 0, &both, error);
    if (status == GRL_OK && both > 0)
        status = grl_fail(error, GRL_BAD_INPUT,
                          "%s: expected networks that are not in %s, found %lld parts that are", other,
                          catalogue->path, both);
    if (status == GRL_OK)
        status = execute(
            catalogue,
            "INSERT INTO main.chunks SELECT own.run, t.chunk, t.done FROM other.chunks AS t" OWN_RUN ";"
            "INSERT INTO main.undecided SELECT own.run, t.network, t.reason FROM other.undecided AS t" OWN_RUN
            ";"
            "INSERT INTO main.classes SELECT own.run, t.key, t.name, t.stable, t.unstable, t.saddle,"
            " t.stable_cycles, t.unstable_cycles, t.count, t.first, t.best, t.margin, t.light, t.norm"
            " FROM other.classes AS t" OWN_RUN "WHERE true" UPSERT,
            error);
    return status == GRL_OK ? grl_catalogue_commit(catalogue, error) : status;
}

grl_status grl_catalogue_merge(grl_catalogue *catalogue, const char *other, grl_error *error)
{
    const value values[] = {{.type = 't', .t = other}};
    grl_catalogue *check = NULL;
    grl_status status = grl_catalogue_open(other, GRL_CATALOGUE_READ, &check, error);
    grl_catalogue_close(check);
    if (status == GRL_OK) status = grl_catalogue_commit(catalogue, error);
    if (status == GRL_OK) status = change(catalogue, "ATTACH DATABASE ? AS other", values, 1, error);
    if (status != GRL_OK) return status;
    status = merge_attached(catalogue, other, error);
    if (status != GRL_OK && catalogue->open) {
        execute(catalogue, "ROLLBACK", NULL);
        catalogue->open = 0;
    }
    execute(catalogue, "DETACH DATABASE other", NULL);
    return status;
}
