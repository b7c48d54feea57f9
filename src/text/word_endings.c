/* word_endings.c — a short table, searched in line: it is asked about a few words of short texts
 * only. */
#include "text/word_endings.h"

enum {
#define ENDING_BIT(name, a, b) name = 1 << SR_STOP_##name,
    SR_STOP_LANGUAGE_LIST(ENDING_BIT)
#undef ENDING_BIT
};

enum { MIN_BYTES_BEFORE = 2 };

static const struct {
    char ending[8];
    uint32_t languages;
} ENDINGS[] = {
    /* clang-format off */
    {"aan", FI | NL}, {"ada", ES | PT}, {"ade", SV}, {"ado", ES | PT}, {"ados", ES}, {"ait", FR},
    {"ami", PL}, {"arak", TR}, {"are", IT}, {"arna", SV}, {"as", ES | PT}, {"ata", IT},
    {"ato", IT}, {"aux", FR}, {"aw", EN}, {"ay", EN}, {"ban", HU}, {"ben", HU}, {"ble", EN},
    {"ból", HU}, {"ből", HU}, {"cci", IT}, {"chen", DE}, {"cht", DE | NL}, {"cie", PL},
    {"ciones", ES}, {"ción", ES}, {"ck", EN}, {"dad", ES}, {"dade", PT}, {"dades", ES},
    {"ded", EN}, {"dı", TR}, {"ează", RO}, {"ede", DA}, {"ee", EN}, {"een", FI | NL}, {"ego", PL},
    {"eira", PT}, {"eiro", PT}, {"eit", DE}, {"eita", FI}, {"else", DA | NO}, {"elser", DA | NO},
    {"ement", FR}, {"emu", PL}, {"ene", NO}, {"ení", CS}, {"ere", IT}, {"ern", DE}, {"erna", SV},
    {"erne", DA}, {"ers", EN}, {"ett", HU}, {"eur", FR}, {"eurs", FR}, {"eux", FR}, {"ew", EN},
    {"ful", EN}, {"ggio", IT}, {"ght", EN}, {"gli", IT}, {"heden", DA}, {"heid", NL}, {"heit", DE},
    {"heten", NO | SV}, {"icht", DE}, {"iden", FI}, {"ien", FI}, {"ier", DE}, {"ies", EN},
    {"ii", RO}, {"iin", FI}, {"ij", NL}, {"ijk", NL}, {"ijke", NL}, {"ijn", NL}, {"ilor", RO},
    {"ing", EN}, {"ings", EN}, {"inta", FI}, {"ique", FR}, {"iques", FR}, {"isch", DE},
    {"ische", DE}, {"ischer", DE}, {"isen", FI}, {"isk", SV}, {"isks", SV}, {"ity", EN},
    {"ità", IT}, {"itä", FI}, {"ive", EN}, {"jen", FI}, {"jä", FI}, {"ją", PL}, {"ked", EN},
    {"keit", DE}, {"kin", FI}, {"ksen", FI}, {"ksi", FI}, {"lar", TR}, {"ları", TR}, {"ler", TR},
    {"leri", TR}, {"lich", DE}, {"lig", DA | NO}, {"lijk", NL}, {"lik", TR}, {"llä", FI},
    {"ltä", FI}, {"lui", RO}, {"ly", EN}, {"lık", TR}, {"ması", TR}, {"menti", IT}, {"mento", IT},
    {"mesi", TR}, {"minen", FI}, {"nak", HU}, {"nce", EN | FR}, {"ndo", IT}, {"nek", HU},
    {"nen", FI}, {"ness", EN}, {"nia", PL}, {"nie", PL}, {"ning", DA | NO}, {"ningar", SV},
    {"ningen", SV}, {"ntä", FI}, {"nä", FI}, {"och", SV}, {"oi", FI}, {"oir", FR}, {"oista", FI},
    {"oo", EN}, {"oor", NL}, {"os", ES | PT}, {"ott", HU}, {"ou", CS}, {"ough", EN}, {"ous", EN},
    {"ové", CS}, {"ow", EN}, {"owy", PL}, {"ość", PL}, {"red", EN}, {"ry", EN}, {"sed", EN},
    {"sh", EN}, {"ssa", FI}, {"ssen", DE}, {"ssä", FI}, {"ství", CS}, {"stä", FI}, {"ság", HU},
    {"ség", HU}, {"ted", EN}, {"tely", FI}, {"tet", DE}, {"th", EN}, {"tion", EN | FR},
    {"tti", IT}, {"tto", IT}, {"ttä", FI}, {"ty", EN}, {"tz", DE}, {"tà", IT}, {"tól", HU},
    {"től", HU}, {"ue", EN}, {"uit", NL}, {"ului", RO}, {"ung", DE}, {"ungen", DE}, {"uun", FI},
    {"uus", FI}, {"vat", FI}, {"vät", FI}, {"wn", EN}, {"wski", PL}, {"ych", PL}, {"yys", FI},
    {"zione", IT}, {"zioni", IT}, {"ário", PT}, {"ás", HU}, {"ável", PT}, {"ães", PT}, {"ão", PT},
    {"ä", FI}, {"ästi", FI}, {"ät", SV}, {"ään", FI}, {"ån", SV}, {"ção", PT}, {"ções", PT},
    {"ère", FR}, {"é", CS}, {"ée", FR}, {"ées", FR}, {"ému", CS}, {"és", FR | HU}, {"í", CS},
    {"ía", ES}, {"ías", ES}, {"ích", CS}, {"ího", CS}, {"ón", ES}, {"ów", PL}, {"ör", SV},
    {"öön", FI}, {"ür", DE}, {"ých", CS}, {"ă", RO}, {"ı", TR}, {"ın", TR}, {"ının", TR},
    {"ści", PL}, {"ş", TR}, {"ů", CS}, {"ția", RO}, {"ție", RO},
    /* clang-format on */
};

uint32_t sr_word_ending_languages(sr_str word)
{
    uint32_t languages = 0;
    size_t longest = 0;
    for (size_t i = 0; i < SR_ARRAY_COUNT(ENDINGS); i++) {
        size_t n = strlen(ENDINGS[i].ending);
        if (n > longest && word.n_bytes >= n + MIN_BYTES_BEFORE &&
            memcmp(word.data + word.n_bytes - n, ENDINGS[i].ending, n) == 0) {
            languages = ENDINGS[i].languages;
            longest = n;
        }
    }
    return languages;
}
