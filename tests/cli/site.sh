# A static site goes into the store as it is; what its pages say of themselves decides what is left out.

mkdir -p content/post
printf -- '---\ntitle: Posts\n---\n' >content/post/_index.md
printf -- '---\ntitle: Fog\ndate: 2026-03-01\ntags: [sea, fog]\n---\nThe ferry was late.\n\n```sh\nrm -rf x\n```\n' >content/post/fog.md
printf -- '+++\ntitle = "Ice"\ndraft = true\n+++\nOn the river.\n' >content/post/ice.md
printf -- '---\ntitle: Sun\ndate: 2026-06-01\n---\nAt last.\n' >content/post/sun.md

try simrank add content --now 2026-05-01
try simrank add content --now 2026-07-01
try simrank inspect --text content/post/fog.md
try simrank inspect content --now 2026-05-01
