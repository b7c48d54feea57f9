/* html_style.h — the style of the report's page: one column on a phone, two texts side by side
 * where there is room, dark where the reader's screen is. */
#ifndef SR_DEDUP_HTML_STYLE_H
#define SR_DEDUP_HTML_STYLE_H

static const char SR_HTML_STYLE[] =
    ":root{color-scheme:light dark;--line:#8886;--mark:#ffe58a;--quiet:#666;--gone:#b3261e}\n"
    "@media(prefers-color-scheme:dark){:root{--mark:#5c4a00;--quiet:#aaa;--gone:#ff8a80}}\n"
    "*{box-sizing:border-box}\n"
    "body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:80rem;padding:1rem}\n"
    "h1{font-size:1.6rem;margin:.5rem 0}h2{font-size:1.25rem;margin:2rem 0 .5rem}\n"
    "h3{font-size:1rem;margin:0 0 .5rem}h4{font-size:.9rem;margin:0;overflow-wrap:anywhere}\n"
    ".wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}\n"
    "th,td{border-bottom:1px solid var(--line);padding:.25rem .75rem .25rem 0;text-align:right}\n"
    "th:first-child,td:first-child{min-width:9rem;overflow-wrap:anywhere;text-align:left}\n"
    ".cluster{border-top:2px solid var(--line);margin:1.5rem 0;padding-top:.75rem}\n"
    ".pair{display:grid;gap:1rem;grid-template-columns:1fr 1fr}\n"
    ".pair>section{min-width:0}.meta{color:var(--quiet);font-size:.85rem;margin:0}\n"
    ".meta,.text,li{overflow-wrap:anywhere}.text{margin:.5rem 0;white-space:pre-wrap}\n"
    ".dropped h4::after{color:var(--gone);content:\" dropped\"}\n"
    ".kept h4::after{color:var(--quiet);content:\" kept\"}\n"
    "mark{background:var(--mark);color:inherit}.cut{color:var(--quiet);font-style:italic}\n"
    "summary{cursor:pointer}ul{margin:.25rem 0;padding-left:1.25rem}\n"
    "@media(max-width:45rem){.pair{grid-template-columns:1fr}}\n";

#endif
