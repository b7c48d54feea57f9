// run_readability.js INSTALLED PAGES — the text that Mozilla's Readability finds in each page, as JSON lines. Exit 3 where it
// is not installed. jsdom is what its own documentation uses.
"use strict";
const fs = require("fs");
const path = require("path");

const [installed, pages] = process.argv.slice(2);
let Readability, JSDOM, VirtualConsole;
try {
    const from = require("module").createRequire(path.join(installed, "html/index.js"));
    ({ Readability } = from("@mozilla/readability"));
    ({ JSDOM, VirtualConsole } = from("jsdom"));
} catch (error) {
    console.error(String(error));
    process.exit(3);
}
for (const name of fs.readdirSync(pages).filter((file) => file.endsWith(".html")).sort()) {
    let text = "";
    try {
        const dom = new JSDOM(fs.readFileSync(path.join(pages, name)), { virtualConsole: new VirtualConsole() });
        const article = new Readability(dom.window.document).parse();
        // Its own textContent glues the last word of a paragraph to the first of the next one.
        const apart = article ? article.content.replace(/<(br|\/(?:p|div|li|h[1-6]|td|th|blockquote|section|figure|pre))\b/gi, "\n<$1") : "";
        text = JSDOM.fragment(apart).textContent;
        dom.window.close();
    } catch (error) {
        console.error(`${name}: ${error}`);
    }
    process.stdout.write(JSON.stringify({ id: name.slice(0, -5), text }) + "\n");
}
