/* pickle.c: a pickle machine that can build data and nothing else.
 *
 * A pickle is a program for a stack machine with a memo (Python's Lib/pickletools.py documents protocols 0 to
 * 5). Of its opcodes this machine has those that push constants, build tuples, lists and dictionaries, and
 * move values between stack and memo. The three that can call something, GLOBAL, REDUCE and BUILD, know a
 * fixed list of names (pickle_build.c), none of which runs anything. Every other opcode is refused by its
 * name.
 *
 * Every opcode is at least one byte and makes at most one value, so the file's size bounds the memory, and a
 * limit on values bounds it further. Values are numbers into one array: containers may hold themselves
 * without harm, and one loop frees everything. */
#include "format/pickle.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_VALUES = 4000000 };

typedef struct machine {
    const unsigned char *bytes;
    size_t size, place;
    grl_pickle *pickle;
    uint32_t *stack;
    size_t depth, stack_capacity;
    size_t *marks; /* stack depths */
    size_t mark_count, mark_capacity;
    uint32_t *memo; /* value + 1; 0 for an empty place */
    size_t memo_size, memo_count;
    grl_error *error;
} machine;

const char *grl_pickle_kind_name(grl_pickle_kind kind)
{
    static const char *const names[] = {"nothing", "true or false", "a number",  "a number",
                                        "a text",  "bytes",         "a list",    "a tuple",
                                        "a dict",  "a function",    "a storage", "a tensor"};
    return names[kind];
}

void grl_pickle_drop(grl_pickle *pickle)
{
    for (size_t i = 0; i < pickle->count; i++) {
        grl_pickle_value *value = &pickle->values[i];
        if (value->kind >= GRL_PICKLE_LIST && value->kind <= GRL_PICKLE_DICT) free(value->as.list.items);
    }
    free(pickle->values);
    free(pickle->storages);
    free(pickle->views);
    *pickle = (grl_pickle){0};
}

grl_status grl_pickle_new(grl_pickle *pickle, grl_pickle_kind kind, uint32_t *value, grl_error *error)
{
    if (pickle->count == MAX_VALUES)
        return grl_fail(error, GRL_BAD_INPUT, "expected a pickle of at most %d values, found more",
                        MAX_VALUES);
    if (!grl_grow((void **)&pickle->values, &pickle->capacity, pickle->count, sizeof *pickle->values))
        return grl_fail_memory(error, pickle->count, sizeof *pickle->values);
    *value = (uint32_t)pickle->count++;
    pickle->values[*value] = (grl_pickle_value){.kind = kind};
    return GRL_OK;
}

static grl_status fail_at(machine *m, const char *expected)
{
    return grl_fail(m->error, GRL_BAD_INPUT, "pickle, byte %zu: expected %s", m->place, expected);
}

/* Little-endian count of `width` bytes. */
static grl_status take_count(machine *m, size_t width, uint64_t *count)
{
    if (m->size - m->place < width) return fail_at(m, "more bytes, found the end of the file");
    *count = 0;
    for (size_t k = 0; k < width; k++) *count |= (uint64_t)m->bytes[m->place + k] << 8 * k;
    m->place += width;
    return GRL_OK;
}

static grl_status push(machine *m, uint32_t value)
{
    if (!grl_grow((void **)&m->stack, &m->stack_capacity, m->depth, sizeof *m->stack))
        return grl_fail_memory(m->error, m->depth, sizeof *m->stack);
    m->stack[m->depth++] = value;
    return GRL_OK;
}

/* How many values there are above the last mark. */
static size_t above_mark(const machine *m)
{
    return m->depth - (m->mark_count ? m->marks[m->mark_count - 1] : 0);
}

static grl_status need(machine *m, size_t count)
{
    return above_mark(m) >= count ? GRL_OK : fail_at(m, "more values on the stack");
}

static grl_status push_new(machine *m, grl_pickle_kind kind, grl_pickle_value **made)
{
    uint32_t value;
    grl_status status = grl_pickle_new(m->pickle, kind, &value, m->error);
    if (status == GRL_OK) status = push(m, value);
    if (status == GRL_OK) *made = &m->pickle->values[value];
    return status;
}

static grl_status push_integer(machine *m, grl_pickle_kind kind, long long number)
{
    grl_pickle_value *made;
    grl_status status = push_new(m, kind, &made);
    if (status == GRL_OK) made->as.integer = number;
    return status;
}

/* Text or bytes after a length of `width` bytes. */
static grl_status push_text(machine *m, grl_pickle_kind kind, size_t width)
{
    uint64_t length = 0;
    grl_pickle_value *made;
    grl_status status = take_count(m, width, &length);
    if (status != GRL_OK) return status;
    if (length > m->size - m->place) return fail_at(m, "a text that fits the file, found a longer one");
    status = push_new(m, kind, &made);
    if (status != GRL_OK) return status;
    made->as.text.bytes = (const char *)m->bytes + m->place;
    made->as.text.length = (size_t)length;
    m->place += (size_t)length;
    return GRL_OK;
}

/* Two's complement of any length; what does not fit 64 bits is kept as bytes. */
static grl_status push_long(machine *m, size_t width)
{
    size_t start = m->place;
    grl_status status = push_text(m, GRL_PICKLE_BYTES, width);
    if (status != GRL_OK) return status;
    grl_pickle_value *made = &m->pickle->values[m->stack[m->depth - 1]];
    size_t length = made->as.text.length;
    if (length > 8) return GRL_OK;
    const unsigned char *digits = m->bytes + start + width;
    uint64_t bits = length && digits[length - 1] >> 7 ? ~UINT64_C(0) : 0;
    for (size_t k = length; k-- > 0;) bits = bits << 8 | digits[k];
    made->kind = GRL_PICKLE_INTEGER;
    made->as.integer = bits >> 63 ? -(long long)~bits - 1 : (long long)bits;
    return GRL_OK;
}

static grl_status push_real(machine *m)
{
    grl_pickle_value *made;
    uint64_t bits = 0;
    if (m->size - m->place < 8) return fail_at(m, "a number of 8 bytes, found the end of the file");
    for (int k = 0; k < 8; k++) bits = bits << 8 | m->bytes[m->place++];
    grl_status status = push_new(m, GRL_PICKLE_REAL, &made);
    if (status == GRL_OK) memcpy(&made->as.real, &bits, sizeof bits);
    return status;
}

/* Moves the `count` upper values into a list, tuple or dict. */
static grl_status collect(machine *m, uint32_t container, size_t count)
{
    grl_pickle_value *value = &m->pickle->values[container];
    size_t old = value->as.list.count;
    if (old + count > value->as.list.capacity) {
        size_t capacity = 2 * old > old + count ? 2 * old : old + count;
        uint32_t *grown = grl_resize(value->as.list.items, capacity, sizeof *grown);
        if (!grown) return grl_fail_memory(m->error, capacity, sizeof *grown);
        value->as.list.items = grown;
        value->as.list.capacity = capacity;
    }
    m->depth -= count;
    if (count) memcpy(value->as.list.items + old, m->stack + m->depth, count * sizeof *m->stack);
    value->as.list.count = old + count;
    return GRL_OK;
}

/* Replaces the `count` upper values by a container of them. */
static grl_status build(machine *m, grl_pickle_kind kind, size_t count)
{
    uint32_t value;
    if (kind == GRL_PICKLE_DICT && count % 2) return fail_at(m, "a value for each key");
    grl_status status = grl_pickle_new(m->pickle, kind, &value, m->error);
    if (status == GRL_OK) status = collect(m, value, count);
    return status == GRL_OK ? push(m, value) : status;
}

/* Adds the `count` upper values to the container below them. */
static grl_status extend(machine *m, grl_pickle_kind kind, size_t count)
{
    grl_status status = need(m, count + 1);
    if (status != GRL_OK) return status;
    uint32_t container = m->stack[m->depth - count - 1];
    if (m->pickle->values[container].kind != kind)
        return fail_at(m, kind == GRL_PICKLE_LIST ? "a list to append to" : "a dict to put items into");
    if (kind == GRL_PICKLE_DICT && count % 2) return fail_at(m, "a value for each key");
    return collect(m, container, count);
}

static grl_status push_mark(machine *m)
{
    if (!grl_grow((void **)&m->marks, &m->mark_capacity, m->mark_count, sizeof *m->marks))
        return grl_fail_memory(m->error, m->mark_count, sizeof *m->marks);
    m->marks[m->mark_count++] = m->depth;
    return GRL_OK;
}

/* Removes the last mark; *count: the values that were above it. */
static grl_status pop_mark(machine *m, size_t *count)
{
    if (m->mark_count == 0) return fail_at(m, "a mark on the stack");
    *count = above_mark(m);
    m->mark_count--;
    return GRL_OK;
}

static grl_status put(machine *m, uint64_t place)
{
    grl_status status = need(m, 1);
    if (status != GRL_OK) return status;
    if (place >= m->size) return fail_at(m, "a place in the memo below the pickle's size");
    if (place >= m->memo_size) {
        size_t larger = 2 * (size_t)place + 64;
        uint32_t *grown = grl_resize(m->memo, larger, sizeof *grown);
        if (!grown) return grl_fail_memory(m->error, larger, sizeof *grown);
        memset(grown + m->memo_size, 0, (larger - m->memo_size) * sizeof *grown);
        m->memo = grown;
        m->memo_size = larger;
    }
    if (!m->memo[place]) m->memo_count++;
    m->memo[place] = m->stack[m->depth - 1] + 1;
    return GRL_OK;
}

static grl_status get(machine *m, uint64_t place)
{
    if (place >= m->memo_size || !m->memo[place]) return fail_at(m, "a place in the memo that holds a value");
    return push(m, m->memo[place] - 1);
}

/* Text up to a line feed. */
static grl_status take_line(machine *m, const char **text, size_t *length)
{
    *text = (const char *)m->bytes + m->place;
    const char *stop = memchr(*text, '\n', m->size - m->place);
    if (!stop) return fail_at(m, "a line of text, found the end of the file");
    *length = (size_t)(stop - *text);
    m->place += *length + 1;
    return GRL_OK;
}

static grl_status push_global(machine *m, const char *module, size_t module_length, const char *name,
                              size_t name_length)
{
    size_t global;
    grl_pickle_value *made;
    grl_status status = grl_pickle_global(module, module_length, name, name_length, &global, m->error);
    if (status == GRL_OK) status = push_new(m, GRL_PICKLE_GLOBAL, &made);
    if (status == GRL_OK) made->as.place = global;
    return status;
}

static grl_status read_global(machine *m)
{
    const char *module = NULL, *name = NULL;
    size_t module_length = 0, name_length = 0;
    grl_status status = take_line(m, &module, &module_length);
    if (status == GRL_OK) status = take_line(m, &name, &name_length);
    return status == GRL_OK ? push_global(m, module, module_length, name, name_length) : status;
}

static grl_status stack_global(machine *m)
{
    grl_status status = need(m, 2);
    if (status != GRL_OK) return status;
    const grl_pickle_value *module = &m->pickle->values[m->stack[m->depth - 2]];
    const grl_pickle_value *name = &m->pickle->values[m->stack[m->depth - 1]];
    if (module->kind != GRL_PICKLE_TEXT || name->kind != GRL_PICKLE_TEXT)
        return fail_at(m, "two texts as a global's name");
    m->depth -= 2;
    return push_global(m, module->as.text.bytes, module->as.text.length, name->as.text.bytes,
                       name->as.text.length);
}

static grl_status reduce(machine *m)
{
    uint32_t result;
    grl_status status = need(m, 2);
    if (status != GRL_OK) return status;
    m->depth -= 2;
    status = grl_pickle_reduce(m->pickle, m->stack[m->depth], m->stack[m->depth + 1], &result, m->error);
    return status == GRL_OK ? push(m, result) : status;
}

static grl_status persistent(machine *m)
{
    uint32_t result;
    grl_status status = need(m, 1);
    if (status != GRL_OK) return status;
    status = grl_pickle_persistent(m->pickle, m->stack[--m->depth], &result, m->error);
    return status == GRL_OK ? push(m, result) : status;
}

/* BUILD gives an object its attributes; an OrderedDict's (_metadata) hold nothing that is needed. */
static grl_status drop_state(machine *m)
{
    grl_status status = need(m, 2);
    if (status != GRL_OK) return status;
    grl_pickle_kind kind = m->pickle->values[m->stack[m->depth - 2]].kind;
    if (kind != GRL_PICKLE_DICT)
        return grl_fail(m->error, GRL_BAD_INPUT, "pickle, byte %zu: opcode BUILD on %s is refused", m->place,
                        grl_pickle_kind_name(kind));
    m->depth--;
    return GRL_OK;
}

static grl_status refuse(machine *m, unsigned char opcode)
{
    static const struct {
        unsigned char opcode;
        const char *name;
    } known[] = {{'I', "INT"},         {'L', "LONG"},         {'F', "FLOAT"},
                 {'S', "STRING"},      {'V', "UNICODE"},      {'P', "PERSID"},
                 {'g', "GET"},         {'p', "PUT"},          {'i', "INST"},
                 {'o', "OBJ"},         {0x81, "NEWOBJ"},      {0x92, "NEWOBJ_EX"},
                 {0x82, "EXT1"},       {0x83, "EXT2"},        {0x84, "EXT4"},
                 {0x8f, "EMPTY_SET"},  {0x90, "ADDITEMS"},    {0x91, "FROZENSET"},
                 {0x96, "BYTEARRAY8"}, {0x97, "NEXT_BUFFER"}, {0x98, "READONLY_BUFFER"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].opcode == opcode)
            return grl_fail(m->error, GRL_BAD_INPUT, "pickle, byte %zu: opcode %s is refused", m->place - 1,
                            known[i].name);
    return grl_fail(m->error, GRL_BAD_INPUT, "pickle, byte %zu: expected an opcode, found 0x%02x",
                    m->place - 1, opcode);
}

/* Opcodes with a number or a text after them. */
static grl_status step_constant(machine *m, unsigned char opcode)
{
    uint64_t count = 0;
    grl_status status;
    switch (opcode) {
    case 'J': /* BININT */
        status = take_count(m, 4, &count);
        if (status != GRL_OK) return status;
        return push_integer(m, GRL_PICKLE_INTEGER,
                            count >> 31 ? (long long)count - 4294967296 : (long long)count);
    case 'K': /* BININT1 */
    case 'M': /* BININT2 */
        status = take_count(m, opcode == 'K' ? 1 : 2, &count);
        return status == GRL_OK ? push_integer(m, GRL_PICKLE_INTEGER, (long long)count) : status;
    case 0x8a: /* LONG1 */
        return push_long(m, 1);
    case 0x8b: /* LONG4 */
        return push_long(m, 4);
    case 'G': /* BINFLOAT */
        return push_real(m);
    case 0x8c: /* SHORT_BINUNICODE */
    case 'U':  /* SHORT_BINSTRING */
        return push_text(m, GRL_PICKLE_TEXT, 1);
    case 'X': /* BINUNICODE */
    case 'T': /* BINSTRING */
        return push_text(m, GRL_PICKLE_TEXT, 4);
    case 0x8d: /* BINUNICODE8 */
        return push_text(m, GRL_PICKLE_TEXT, 8);
    case 'C': /* SHORT_BINBYTES */
        return push_text(m, GRL_PICKLE_BYTES, 1);
    case 'B': /* BINBYTES */
        return push_text(m, GRL_PICKLE_BYTES, 4);
    case 0x8e: /* BINBYTES8 */
        return push_text(m, GRL_PICKLE_BYTES, 8);
    case 'q': /* BINPUT */
    case 'r': /* LONG_BINPUT */
        status = take_count(m, opcode == 'q' ? 1 : 4, &count);
        return status == GRL_OK ? put(m, count) : status;
    case 'h': /* BINGET */
    case 'j': /* LONG_BINGET */
        status = take_count(m, opcode == 'h' ? 1 : 4, &count);
        return status == GRL_OK ? get(m, count) : status;
    case 0x95: /* FRAME: its length is a hint for reading ahead */
        return take_count(m, 8, &count);
    case 0x80: /* PROTO */
        status = take_count(m, 1, &count);
        if (status == GRL_OK && (count < 2 || count > 5)) return fail_at(m, "protocol 2 to 5");
        return status;
    default:
        return refuse(m, opcode);
    }
}

static grl_status step(machine *m, unsigned char opcode)
{
    grl_status status = GRL_OK;
    size_t count = 0;
    switch (opcode) {
    case 'N': /* NONE */
        return push_integer(m, GRL_PICKLE_NONE, 0);
    case 0x88: /* NEWTRUE */
    case 0x89: /* NEWFALSE */
        return push_integer(m, GRL_PICKLE_BOOL, opcode == 0x88);
    case ']': /* EMPTY_LIST */
        return build(m, GRL_PICKLE_LIST, 0);
    case ')': /* EMPTY_TUPLE */
        return build(m, GRL_PICKLE_TUPLE, 0);
    case '}': /* EMPTY_DICT */
        return build(m, GRL_PICKLE_DICT, 0);
    case 0x85: /* TUPLE1, TUPLE2, TUPLE3 */
    case 0x86:
    case 0x87:
        status = need(m, (size_t)opcode - 0x84);
        return status == GRL_OK ? build(m, GRL_PICKLE_TUPLE, (size_t)opcode - 0x84) : status;
    case '(': /* MARK */
        return push_mark(m);
    case 't': /* TUPLE, LIST, DICT */
    case 'l':
    case 'd':
        status = pop_mark(m, &count);
        if (status != GRL_OK) return status;
        return build(m,
                     opcode == 't'   ? GRL_PICKLE_TUPLE
                     : opcode == 'l' ? GRL_PICKLE_LIST
                                     : GRL_PICKLE_DICT,
                     count);
    case 'a': /* APPEND */
        return extend(m, GRL_PICKLE_LIST, 1);
    case 's': /* SETITEM */
        return extend(m, GRL_PICKLE_DICT, 2);
    case 'e': /* APPENDS, SETITEMS */
    case 'u':
        status = pop_mark(m, &count);
        return status == GRL_OK ? extend(m, opcode == 'e' ? GRL_PICKLE_LIST : GRL_PICKLE_DICT, count)
                                : status;
    case '0': /* POP */
        if (above_mark(m) == 0) return pop_mark(m, &count);
        m->depth--;
        return GRL_OK;
    case '1': /* POP_MARK */
        status = pop_mark(m, &count);
        if (status == GRL_OK) m->depth -= count;
        return status;
    case '2': /* DUP */
        status = need(m, 1);
        return status == GRL_OK ? push(m, m->stack[m->depth - 1]) : status;
    case 0x94: /* MEMOIZE */
        return put(m, m->memo_count);
    case 'c': /* GLOBAL */
        return read_global(m);
    case 0x93: /* STACK_GLOBAL */
        return stack_global(m);
    case 'R': /* REDUCE */
        return reduce(m);
    case 'b': /* BUILD */
        return drop_state(m);
    case 'Q': /* BINPERSID */
        return persistent(m);
    default:
        return step_constant(m, opcode);
    }
}

grl_status grl_pickle_read(const unsigned char *bytes, size_t size, grl_pickle *pickle, size_t *used,
                           grl_error *error)
{
    machine m = {.bytes = bytes, .size = size, .pickle = pickle, .error = error};
    grl_status status = GRL_OK;
    for (;;) {
        if (m.place == size) {
            status = fail_at(&m, "the opcode STOP, found the end of the file");
            break;
        }
        unsigned char opcode = bytes[m.place++];
        if (opcode == '.') {
            if (m.depth == 0 || m.mark_count > 0)
                status = fail_at(&m, "one value on the stack at STOP");
            else
                pickle->root = m.stack[m.depth - 1];
            break;
        }
        status = step(&m, opcode);
        if (status != GRL_OK) break;
    }
    *used = m.place;
    free(m.stack);
    free(m.marks);
    free(m.memo);
    return status;
}
