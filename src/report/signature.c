/* signature.c: the signature of a portrait in the document and in the text. */
#include "report/signature.h"

#include "base/layout.h"

#include "report/words.h"

static void add_field(grl_text *text, const char *name, const char *value)
{
    if (!value) return;
    grl_text_addf(text, "  \"%s\": ", name);
    grl_text_add_quoted(text, value);
    grl_text_add(text, ",\n");
}

void grl_signature_json(grl_text *text, const grl_portrait *portrait)
{
    add_field(text, "signature", portrait->signature);
    add_field(text, "signature_name", portrait->signature_name);
    add_field(text, "signature_reason", portrait->signature_reason);
}

/* Maps and many units have none, which need not be said each time. */
void grl_signature_line(grl_text *text, const grl_portrait *portrait)
{
    grl_text words = {0};
    if (portrait->time != GRL_CONTINUOUS || portrait->hidden_size > 2) return;
    if (portrait->signature)
        grl_text_addf(&words, "Signature (%s): %s", portrait->signature_name, portrait->signature);
    else if (portrait->signature_reason)
        grl_text_addf(&words, "No signature. %s", portrait->signature_reason);
    else
        return;
    grl_text_add(text, "\n");
    if (words.failed)
        text->failed = true;
    else
        grl_text_add_wrapped(text, words.data, 0, 0, GRL_REPORT_WIDTH);
    if (portrait->signature)
        grl_text_add(text, "It is the same for all portraits that differ by bending and mirroring alone.\n");
    grl_text_drop(&words);
}
