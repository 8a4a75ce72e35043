/* PyTorch files that are damaged or meant to harm: each is refused with a sentence that says why, and the
 * machine builds nothing but data. test_format_golden.c reads the good ones. */
#include "check.h"

#include <grulens/format.h>
#include <string.h>
#include <zip.h>

typedef struct buffer {
    unsigned char bytes[20000];
    size_t size;
} buffer;

static void add(buffer *b, const void *bytes, size_t size)
{
    assert_true(b->size + size <= sizeof b->bytes);
    memcpy(b->bytes + b->size, bytes, size);
    b->size += size;
}

static void add_byte(buffer *b, int byte)
{
    unsigned char c = (unsigned char)byte;
    add(b, &c, 1);
}

static void add_number(buffer *b, uint64_t number, int width)
{
    for (int k = 0; k < width; k++) add_byte(b, (int)(number >> 8 * k & 255));
}

static void add_text(buffer *b, const char *text)
{
    add_byte(b, 'X');
    add_number(b, strlen(text), 4);
    add(b, text, strlen(text));
}

static void add_integer(buffer *b, int64_t number) /* LONG1, 8 bytes */
{
    add(b, "\x8a\x08", 2);
    add_number(b, (uint64_t)number, 8);
}

static void add_tuple(buffer *b, const int64_t *numbers, int count)
{
    add_byte(b, '(');
    for (int i = 0; i < count; i++) add_integer(b, numbers[i]);
    add_byte(b, 't');
}

/* What one tensor is made of, each part free to lie. */
typedef struct tensor {
    const char *name, *type, *key;
    int64_t count, offset;
    int dims, strides;
    int64_t size[10], stride[10];
} tensor;

static void add_tensor(buffer *b, const tensor *t)
{
    add_text(b, t->name);
    add(b, "ctorch._utils\n_rebuild_tensor_v2\n((", 35);
    add_text(b, "storage");
    add(b, "ctorch\n", 7);
    add(b, t->type, strlen(t->type));
    add_byte(b, '\n');
    add_text(b, t->key);
    add_text(b, "cpu");
    add_integer(b, t->count);
    add(b, "tQ", 2);
    add_integer(b, t->offset);
    add_tuple(b, t->size, t->dims);
    add_tuple(b, t->stride, t->strides);
    add(b, "\x89NtR", 4);
}

static void add_dict(buffer *b, const tensor *tensors, size_t count)
{
    add(b, "\x80\x02}(", 4);
    for (size_t i = 0; i < count; i++) add_tensor(b, &tensors[i]);
    add(b, "u.", 2);
}

/* The legacy layout with one storage "0" of `floats` ones. */
static void legacy(buffer *b, const tensor *tensors, size_t count, uint64_t declared, size_t floats)
{
    b->size = 0;
    add(b, "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15);
    add(b, "\x80\x02M\xe9\x03.", 6);
    add(b, "\x80\x02}.", 4);
    add_dict(b, tensors, count);
    add(b, "\x80\x02]", 3);
    add_text(b, "0");
    add(b, "a.", 2);
    add_number(b, declared, 8);
    for (size_t i = 0; i < floats; i++) add(b, "\x00\x00\x80\x3f", 4);
}

static void expect(const void *bytes, size_t size, const char *words)
{
    grl_error error = {0};
    grl_model *model;
    void *copy = malloc(size ? size : 1); /* its end is the file's, for AddressSanitizer */
    memcpy(copy, bytes, size);
    grl_status status = grl_model_read("m.pt", copy, size, NULL, &model, &error);
    free(copy);
    if (!words) {
        if (status != GRL_OK) fail_msg("%s", error.message);
        grl_model_free(model);
        return;
    }
    if (status != GRL_BAD_INPUT) fail_msg("expected \"%s\", but it was not refused", words);
    assert_null(model);
    if (!strstr(error.message, words) || strncmp(error.message, "m.pt: ", 6) != 0)
        fail_msg("\"%s\", expected \"%s\" in it", error.message, words);
}

#define P "\x80\x02"

static void test_opcodes(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *words;
    } cases[] = {
#define CASE(text, words) {text, sizeof text - 1, words}
        CASE(P "cos\nsystem\nX\x02\x00\x00\x00ls\x85R.", "global os.system is refused"),
        CASE(P "cbuiltins\neval\n.", "global builtins.eval is refused"),
        CASE("\x80\x04\x8c\x05posix\x8c\x06system\x93.", "global posix.system is refused"),
        CASE(P "ctorch.nn.modules.rnn\nGRU\n.", "state_dict()"),
        CASE(P "c__builtin__\ngetattr\n.", "__builtin__.getattr"),
        CASE(P "cos\x01\nsys\ttem\n.", "os?.sys?tem"),
        CASE(P "c__main__\nM\n)R.", "global __main__.M is refused (a pickled object needs code: save the "
                                    "module's state_dict() instead)"),
        CASE(P "ctorch\nQInt8Storage\n.", "found that global torch.QInt8Storage is refused"),
        CASE(P "(ios\nsystem\n.", "opcode INST is refused"),
        CASE(P "(o.", "opcode OBJ is refused"),
        CASE(P "ccollections\nOrderedDict\n)\x81.", "opcode NEWOBJ is refused"),
        CASE(P "\x92.", "opcode NEWOBJ_EX is refused"),
        CASE(P "\x82\x01.", "opcode EXT1 is refused"),
        CASE(P "\x83\x01\x01.", "opcode EXT2"),
        CASE(P "\x84\x01\x01\x01\x01.", "opcode EXT4"),
        CASE(P "Pos\n.", "opcode PERSID"),
        CASE(P "I1\n.", "opcode INT is"),
        CASE(P "S'a'\n.", "opcode STRING"),
        CASE(P "\x8f.", "opcode EMPTY_SET"),
        CASE(P "(\x91.", "opcode FROZENSET"),
        CASE(P "\x96\x01\x00\x00\x00\x00\x00\x00\x00x.", "opcode BYTEARRAY8"),
        CASE(P "\x97.", "opcode NEXT_BUFFER"),
        CASE(P "\xff.", "found 0xff"),
        CASE(P "\x80\x09N.", "protocol 2 to 5"),
        CASE(P "N)R.", "expected a known function"),
        CASE(P "ccollections\nOrderedDict\nNR.", "expected a known function"),
        CASE(P "ccollections\nOrderedDict\nN\x85R.", "OrderedDict"),
        CASE(P "ctorch\nFloatStorage\n)R.", "FloatStorage"),
        CASE(P "ctorch._utils\n_rebuild_tensor_v2\n)R.", "too few arguments"),
        CASE(P "ctorch._utils\n_rebuild_parameter\nN\x85R.", "_rebuild_parameter"),
        CASE(P "ctorch._utils\n_rebuild_tensor_v2\n(NNNNtR.", "found nothing"),
        CASE(P "]}b.", "opcode BUILD on a list"),
        CASE(P "}b.", "more values"),
        CASE(P "h\x00.", "memo"),
        CASE(P "j\xff\xff\xff\xff.", "memo"),
        CASE(P "}r\xff\xff\xff\x7f.", "memo"),
        CASE(P "q\x00.", "more values"),
        CASE(P "\x94.", "more values"),
        CASE(P "\x85.", "more values"),
        CASE(P "N\x86.", "more values"),
        CASE(P "(N\x87.", "more values"),
        CASE(P "N(\x85.", "more values"),
        CASE(P "t.", "mark"),
        CASE(P "]e.", "mark"),
        CASE(P "](N", "STOP"),
        CASE(P "(e.", "more values"),
        CASE(P "]Ns.", "more values"),
        CASE(P "]NNs.", "a dict to put"),
        CASE(P "}Na.", "a list to append"),
        CASE(P "}(Nu.", "each key"),
        CASE(P "(Nd.", "each key"),
        CASE(P ".", "STOP"),
        CASE(P "N(.", "STOP"),
        CASE(P "0.", "mark"),
        CASE(P "2.", "more values"),
        CASE(P "1.", "mark"),
        CASE(P "R.", "more values"),
        CASE(P "Q.", "more values"),
        CASE(P "NQ.", "persistent id"),
        CASE(P ")Q.", "persistent id"),
        CASE(P "\x93.", "more values"),
        CASE(P "NN\x93.", "two texts"),
        CASE(P "X\xff\xff\xff\xff"
               "a.",
             "longer"),
        CASE(P "\x8d\xff\xff\xff\xff\xff\xff\xff\xff"
               "a.",
             "longer"),
        CASE(P "\x8a\xff.", "longer"),
        CASE(P "G\x00.", "8 bytes"),
        CASE(P "J\x00.", "end of the file"),
        CASE(P "cos", "a line of text"),
        CASE(P "N.", "expected a state dict, found nothing"),
        CASE(P "].", "found a list"),
        CASE(P "\x8a\x00.", "found a number"),
        CASE(P "}.", "found no tensor"),
        CASE(P "]q\x00h\x00"
               "a.",
             "found a list"), /* a list in itself */
        CASE(P "}q\x00X\x01\x00\x00\x00"
               "ah\x00s.",
             "no tensor"), /* a dict in itself */
        CASE(P "}q\x00(X\x01\x00\x00\x00"
               "ah\x00h\x00h\x00N]u.",
             "no tensor"),
        CASE(P "}X\x01\x00\x00\x00"
               "a]q\x01h\x01"
               "as.",
             "no tensor"),
        CASE(P "}(K\x01}Nh\x00u.", "memo"),
        CASE(P "ccollections\nOrderedDict\n)R}X\x09\x00\x00\x00_metadata}sb.", "no tensor"),
        CASE(P, "STOP"),
#undef CASE
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        expect(cases[i].bytes, cases[i].size, cases[i].words);
        for (size_t cut = 2; cut < cases[i].size; cut++) {
            grl_model *model;
            assert_int_equal(grl_model_read("m.pt", cases[i].bytes, cut, NULL, &model, NULL), GRL_BAD_INPUT);
        }
    }
}

static const tensor good[] = {
    {"weight_hh", "FloatStorage", "0", 18, 0, 2, 2, {6, 2}, {2, 1}},
    {"weight_ih", "FloatStorage", "0", 18, 12, 2, 2, {6, 1}, {1, 1}},
};

static void test_views(void **state)
{
    (void)state;
    static const struct {
        tensor hidden;
        uint64_t declared;
        const char *words;
    } cases[] = {
        {{"weight_hh", "FloatStorage", "0", 18, 0, 2, 2, {6, 2}, {2, 1}}, 18, NULL},
        {{"weight_hh", "FloatStorage", "0", 18, 0, 2, 2, {6, 2}, {0, 0}}, 18, NULL},
        {{"weight_hh", "FloatStorage", "0", 18, -1, 2, 2, {6, 2}, {2, 1}}, 18, "whole numbers"},
        {{"weight_hh", "FloatStorage", "0", 18, 0, 2, 2, {6, 2}, {2, -1}}, 18, "whole numbers"},
        {{"weight_hh", "FloatStorage", "0", 18, 0, 2, 2, {-6, 2}, {2, 1}}, 18, "whole numbers"},
        {{"weight_hh", "FloatStorage", "0", -18, 0, 2, 2, {6, 2}, {2, 1}}, 18, "persistent id"},
        {{"weight_hh", "FloatStorage", "0", 18, 7, 2, 2, {6, 2}, {2, 1}}, 18, "beyond it"},
        {{"weight_hh", "FloatStorage", "0", 18, 0, 2, 2, {6, 2}, {4, 1}}, 18, "beyond it"},
        {{"weight_hh", "FloatStorage", "0", 18, INT64_MAX, 2, 2, {6, 2}, {2, 1}}, 18, "beyond it"},
        {{"weight_hh", "FloatStorage", "0", 18, 0, 2, 2, {INT64_MAX, INT64_MAX}, {INT64_MAX, 1}},
         18,
         "beyond it"},
        {{"weight_hh", "FloatStorage", "0", 18, 0, 2, 2, {INT64_MAX, 2}, {0, 1}}, 18, "rows"},
        {{"weight_hh", "FloatStorage", "0", 18, 0, 2, 2, {49152, 16384}, {0, 0}},
         18,
         "bytes for 16384 units"},
        {{"weight_hh", "FloatStorage", "0", 18, 0, 2, 2, {3000000, 1000000}, {0, 0}},
         18,
         "expected 1 to 16384"},
        {{"weight_hh", "FloatStorage", "0", 18, 0, 2, 1, {6, 2}, {2}}, 18, "found 2 and 1"},
        {{"weight_hh", "FloatStorage", "0", 18, 0, 9, 9, {1, 1, 1, 1, 1, 1, 1, 1, 1}, {0}}, 18, "at most 8"},
        {{"weight_hh", "FloatStorage", "0", 18, 0, 0, 0, {0}, {0}}, 18, "expected a matrix"},
        {{"weight_hh", "FloatStorage", "0", 18, 0, 2, 2, {0, 0}, {0, 0}}, 18, "at least one unit"},
        {{"weight_hh", "FloatStorage", "0", 18, 0, 2, 2, {8, 2}, {2, 1}}, 18, "looks like an LSTM"},
        {{"weight_hh", "FloatStorage", "0", 18, 0, 2, 2, {6, 2}, {2, 1}},
         17,
         "expected 18 elements of 4 bytes"},
        {{"weight_hh", "FloatStorage", "0", 18, 0, 2, 2, {6, 2}, {2, 1}}, UINT64_MAX, "at most 72 bytes"},
        {{"weight_hh", "FloatStorage", "0", 18, 0, 2, 2, {6, 2}, {2, 1}}, 19, "at most 72 bytes"},
        {{"weight_hh", "DoubleStorage", "0", 18, 0, 2, 2, {6, 2}, {2, 1}}, 9, "storage 0"},
        {{"weight_hh", "LongStorage", "0", 9, 0, 2, 2, {6, 2}, {0, 0}}, 9, "floating-point"},
        {{"weight_hh", "FloatStorage", "1", 18, 0, 2, 2, {6, 2}, {2, 1}},
         18,
         "storage 1: expected its elements"},
        {{"weight_hh", "FloatStorage", "", 18, 0, 2, 2, {6, 2}, {2, 1}}, 18, "its elements"},
        {{"weight_hh", "ShortStorage", "0", 36, 0, 2, 2, {6, 2}, {2, 1}}, 18, "storage 0"},
        {{"weight_ih", "FloatStorage", "0", 18, 0, 2, 2, {6, 2}, {2, 1}}, 18, "found two"},
        {{"weight_xx", "FloatStorage", "0", 18, 0, 2, 2, {6, 2}, {2, 1}}, 18, "2 other tensors"},
        {{"weight_hh_l0", "FloatStorage", "0", 18, 0, 2, 2, {6, 2}, {2, 1}},
         18,
         "weight_ih_l0: expected beside"},
        {{"weight_hh", "os.system", "0", 18, 0, 2, 2, {6, 2}, {2, 1}}, 18, "torch.os.system is refused"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static buffer b;
        tensor both[2] = {cases[i].hidden, good[1]};
        legacy(&b, both, 2, cases[i].declared, 18);
        expect(b.bytes, b.size, cases[i].words);
    }
}

static void test_legacy_layout(void **state)
{
    (void)state;
    static buffer b;
    legacy(&b, good, 2, 18, 18);
    expect(b.bytes, b.size, NULL);
    for (size_t cut = 2; cut < b.size; cut++) expect(b.bytes, cut, "m.pt: ");
    for (size_t i = 0; i < b.size; i++) {
        grl_model *model;
        b.bytes[i] ^= 0x55;
        if (grl_model_read("m.pt", b.bytes, b.size, NULL, &model, NULL) == GRL_OK) grl_model_free(model);
        b.bytes[i] ^= 0x55;
    }
    memcpy(b.bytes + b.size - 4, "\x00\x00\x80\x7f", 4); /* infinity in W_h */
    expect(b.bytes, b.size, "W_h[1,0]");
    memcpy(b.bytes + b.size - 72, "\x00\x00\xc0\xff", 4); /* not a number in U_r */
    expect(b.bytes, b.size, "U_r[0,0]");
    b.bytes[18] ^= 1; /* not 1001 */
    expect(b.bytes, b.size, "1001");
    unsigned char tar[512] = "pickle";
    memcpy(tar + 257, "ustar", 5);
    expect(tar, sizeof tar, "tar layout");
}

/* Dicts in dicts, and a dict that holds the next one many times over: neither time nor stack may grow. */
static void test_nesting(void **state)
{
    (void)state;
    static buffer b;
    b.size = 0;
    add(&b, P, 2);
    for (int i = 0; i < 1000; i++) add(&b, "}K\x01", 3);
    add_byte(&b, 'N');
    for (int i = 0; i < 1000; i++) add_byte(&b, 's');
    add_byte(&b, '.');
    expect(b.bytes, b.size, "deep");

    b.size = 0;
    add(&b, P "}q\x00", 5);
    for (int level = 1; level < 30; level++) {
        unsigned char entry[] = {'K', 1, 'h', (unsigned char)(level - 1), 's'};
        add_byte(&b, '}');
        for (unsigned char k = 0; k < 40; k++) {
            entry[1] = k;
            add(&b, entry, sizeof entry);
        }
        unsigned char put[] = {'q', (unsigned char)level};
        add(&b, put, 2);
    }
    add_byte(&b, '.');
    expect(b.bytes, b.size, "no tensor");

    size_t size = 6000000;
    unsigned char *many = malloc(size);
    memset(many, 'N', size);
    memcpy(many, P, 2);
    many[size - 1] = '.';
    expect(many, size, "at most 4000000 values");
    memset(many + 2, '(', size - 3);
    expect(many, size, "STOP");
    free(many);
}

typedef struct entry {
    const char *name;
    const void *bytes;
    size_t size;
    int method;
} entry;

/* A zip archive in memory; free its bytes with free(). */
static unsigned char *make_zip(const entry *entries, size_t count, size_t *size)
{
    zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_t *zip = zip_open_from_source(target, ZIP_TRUNCATE, NULL);
    zip_stat_t facts;
    assert_non_null(zip);
    zip_source_keep(target);
    for (size_t i = 0; i < count; i++) {
        zip_source_t *source = zip_source_buffer(zip, entries[i].bytes, entries[i].size, 0);
        zip_int64_t place = zip_file_add(zip, entries[i].name, source, 0);
        assert_true(place >= 0);
        zip_set_file_compression(zip, (zip_uint64_t)place, entries[i].method, 0);
    }
    assert_int_equal(zip_close(zip), 0);
    assert_int_equal(zip_source_stat(target, &facts), 0);
    unsigned char *bytes = malloc(facts.size);
    assert_int_equal(zip_source_open(target), 0);
    assert_int_equal(zip_source_read(target, bytes, facts.size), facts.size);
    zip_source_close(target);
    zip_source_free(target);
    *size = (size_t)facts.size;
    return bytes;
}

static void expect_zip(const entry *entries, size_t count, const char *words)
{
    size_t size;
    unsigned char *bytes = make_zip(entries, count, &size);
    expect(bytes, size, words);
    free(bytes);
}

static void test_zip(void **state)
{
    (void)state;
    static buffer pickle, longs;
    static float numbers[18];
    add_dict(&pickle, good, 2);
    tensor whole[2] = {good[0], good[1]};
    whole[0].type = "LongStorage";
    whole[0].key = "1";
    add_dict(&longs, whole, 2);
    for (int i = 0; i < 18; i++) numbers[i] = (float)i;
    entry pkl = {"a/data.pkl", pickle.bytes, pickle.size, ZIP_CM_STORE};
    entry data = {"a/data/0", numbers, sizeof numbers, ZIP_CM_STORE};
    entry deflated = {"a/data/0", numbers, sizeof numbers, ZIP_CM_DEFLATE};
    entry order = {"a/byteorder", "middle", 6, ZIP_CM_STORE};
    entry little = {"a/byteorder", "little", 6, ZIP_CM_STORE};
    entry other = {"b/data.pkl", pickle.bytes, pickle.size, ZIP_CM_STORE};
    entry script = {"a/constants.pkl", "x", 1, ZIP_CM_STORE};
    entry cut = {"a/data/0", numbers, sizeof numbers - 4, ZIP_CM_STORE};
    entry elsewhere = {"data/0", numbers, sizeof numbers, ZIP_CM_STORE};
    entry unsafe = {"a/data.pkl",
                    "\x80\x02"
                    "cos\nsystem\n.",
                    14, ZIP_CM_DEFLATE};
    entry whole_pkl = {"a/data.pkl", longs.bytes, longs.size, ZIP_CM_STORE};
    expect_zip((entry[]){pkl, data, little}, 3, NULL);
    expect_zip((entry[]){pkl, deflated}, 2, NULL);
    expect_zip((entry[]){pkl, data, order}, 3, "found middle");
    expect_zip((entry[]){pkl}, 1, "data/0");
    expect_zip((entry[]){pkl, elsewhere}, 2, "data/0");
    expect_zip((entry[]){pkl, data, other}, 3, "found several");
    expect_zip((entry[]){pkl, data, script}, 3, "TorchScript");
    expect_zip((entry[]){pkl, cut}, 2, "expected 18 elements of 4 bytes, found 68");
    expect_zip((entry[]){data}, 1, "without it");
    expect_zip((entry[]){unsafe}, 1, "os.system is refused");
    expect_zip((entry[]){whole_pkl, data}, 2, "floating-point");

    /* 100 MB of zeros in 100 kB. */
    size_t huge = 100000000;
    void *zeros = calloc(huge, 1);
    entry bomb = {"a/data/0", zeros, huge, ZIP_CM_DEFLATE};
    expect_zip((entry[]){pkl, bomb}, 2, "bytes more in the archive");
    free(zeros);

    size_t size;
    unsigned char *bytes = make_zip((entry[]){pkl, deflated, little}, 3, &size);
    for (size_t i = 0; i < size; i++) expect(bytes, i, "m.pt: ");
    for (size_t i = 0; i < size; i++) {
        grl_model *model;
        bytes[i] ^= 0xff;
        if (grl_model_read("m.pt", bytes, size, NULL, &model, NULL) == GRL_OK) grl_model_free(model);
        bytes[i] ^= 0xff;
    }
    free(bytes);
}

/* The other byte order, in both layouts. */
static void test_big_endian(void **state)
{
    (void)state;
    static buffer pickle;
    unsigned char swapped[72];
    grl_model *model;
    grl_error error;
    size_t size;
    add_dict(&pickle, good, 2);
    for (int i = 0; i < 18; i++) memcpy(swapped + 4 * i, "\x40\x20\x00\x00", 4); /* 2.5 */
    entry entries[] = {{"a/data.pkl", pickle.bytes, pickle.size, ZIP_CM_STORE},
                       {"a/data/0", swapped, sizeof swapped, ZIP_CM_STORE},
                       {"a/byteorder", "big", 3, ZIP_CM_STORE}};
    unsigned char *bytes = make_zip(entries, 3, &size);
    if (grl_model_read("m.pt", bytes, size, NULL, &model, &error) != GRL_OK) fail_msg("%s", error.message);
    check_near(grl_cell_values(grl_model_cell(model), GRL_U_Z)[3], 2.5, 0);
    grl_model_free(model);
    free(bytes);

    static buffer old;
    add(&old, "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.", 21);
    add(&old, "\x80\x02}", 3);
    add_text(&old, "little_endian");
    add(&old, "\x89s.", 3);
    add_dict(&old, good, 2);
    add(&old, "\x80\x02]", 3);
    add_text(&old, "0");
    add(&old, "a.\x00\x00\x00\x00\x00\x00\x00\x12", 10);
    add(&old, swapped, sizeof swapped);
    if (grl_model_read("m.pt", old.bytes, old.size, NULL, &model, &error) != GRL_OK)
        fail_msg("%s", error.message);
    check_near(grl_cell_values(grl_model_cell(model), GRL_W_H)[1], 2.5, 0);
    grl_model_free(model);
}

/* Storages that a bare pickle brings along: one tensor's, cut and turned over everywhere; nested twice; and
 * where they may not be. */
static void test_nested(void **state)
{
    (void)state;
    static const char head[] = "ctorch.storage\n_load_from_bytes\nB", stop[] = "\x85R.";
    static buffer inner, outer, twice;
    grl_model *model;
    legacy(&inner, good, 2, 18, 18); /* its object is a dict, not a storage */
    add(&outer, P, 2);
    add(&outer, head, sizeof head - 1);
    add_number(&outer, inner.size, 4);
    add(&outer, inner.bytes, inner.size);
    add(&outer, stop, sizeof stop - 1);
    expect(outer.bytes, outer.size, "expected a storage in bytes, found a dict");
    inner.size = 0;
    add(&inner, "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.\x80\x02}.", 25);
    add(&inner, outer.bytes, outer.size);
    add(&inner, P "].", 4);
    add(&twice, P, 2);
    add(&twice, head, sizeof head - 1);
    add_number(&twice, inner.size, 4);
    add(&twice, inner.bytes, inner.size);
    add(&twice, stop, sizeof stop - 1);
    expect(twice.bytes, twice.size, "elsewhere");
    expect(P "ctorch.storage\n_load_from_bytes\nN\x85R.", 38, "found it of nothing");
    expect(P "ctorch.storage\n_load_from_bytes\nC\x01x\x85R.", 40, "found it of bytes");
    entry unsafe = {"a/data.pkl", outer.bytes, outer.size, ZIP_CM_STORE};
    expect_zip(&unsafe, 1, "elsewhere");

    FILE *file = fopen(GRL_TEST_DATA "/conventions/pickled.pt", "rb");
    assert_non_null(file);
    outer.size = fread(outer.bytes, 1, sizeof outer.bytes, file);
    fclose(file);
    expect(outer.bytes, outer.size, NULL);
    for (size_t cut = 2; cut < outer.size; cut++) expect(outer.bytes, cut, "m.pt: ");
    for (size_t i = 0; i < outer.size; i++) {
        outer.bytes[i] ^= 0x3c;
        if (grl_model_read("m.pt", outer.bytes, outer.size, NULL, &model, NULL) == GRL_OK)
            grl_model_free(model);
        outer.bytes[i] ^= 0x3c;
    }
}

static void test_pickled_module(void **state)
{
    (void)state;
    grl_error error;
    grl_model *model;
    assert_int_equal(grl_model_load(GRL_TEST_DATA "/conventions/refuse-module.pt", NULL, &model, &error),
                     GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "torch.nn.modules.rnn.GRU is refused (a pickled object needs "
                                          "code: save the module's state_dict() instead)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_opcodes),       cmocka_unit_test(test_views),
        cmocka_unit_test(test_legacy_layout), cmocka_unit_test(test_nesting),
        cmocka_unit_test(test_zip),           cmocka_unit_test(test_big_endian),
        cmocka_unit_test(test_nested),        cmocka_unit_test(test_pickled_module)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
