// The editor of a program that runs in the page: CodeMirror, in the page's colours.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import {
  bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting,
} from "@codemirror/language";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const color = name => ({ color: `var(--md-code-hl-${name}-color, inherit)` });

const colors = syntaxHighlighting(HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.bool, tags.null], ...color("keyword") },
  { tag: [tags.string, tags.special(tags.string)], ...color("string") },
  { tag: tags.number, ...color("number") },
  { tag: tags.comment, ...color("comment") },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)], ...color("function") },
]));

const theme = EditorView.theme({
  "&": { fontSize: "0.68rem", maxHeight: "28rem" },
  "&.cm-focused": { outline: "2px solid var(--pine)" },
  ".cm-scroller": { fontFamily: "var(--md-code-font-family, monospace)", overflow: "auto" },
  ".cm-content": { caretColor: "var(--md-code-fg-color)" },
  ".cm-cursor": { borderColor: "var(--md-code-fg-color)" },
  ".cm-gutters": { background: "none", border: 0, color: "var(--md-code-hl-comment-color, inherit)" },
  ".cm-activeLine": { background: "none" },
  "&.cm-focused .cm-activeLine": { background: "color-mix(in srgb, var(--pine) 8%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--pine) 25%, transparent)",
  },
});

// Tab indents; Escape and then Tab goes on to the next control.
export const openEditor = ({ parent, text, label, onRun }) => {
  const view = new EditorView({
    parent,
    doc: text,
    extensions: [
      lineNumbers(), history(), drawSelection(), highlightActiveLine(), indentOnInput(),
      bracketMatching(), indentUnit.of("    "), python(), colors, theme,
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
      keymap.of([
        { key: "Mod-Enter", run: () => { onRun(); return true; } },
        ...defaultKeymap, ...historyKeymap, indentWithTab,
      ]),
    ],
  });
  return {
    get text() { return view.state.doc.toString(); },
    set text(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    focus: () => view.focus(),
  };
};
