/**
 * Languages that Prism (v1.29, `components.json`) highlights: a fence with one of these names shows code; another name is that
 * of a query.
 */
const LANGUAGES =
  'abap abnf actionscript ada agda al antlr4 apacheconf apex apl applescript aql arduino arff armasm arturo asciidoc asm6502 aspnet autohotkey autoit avisynth awk bash basic batch bbcode bicep birb bison bnf brainfuck brightscript bro bsl c cfscript chaiscript cil clike clojure cmake cobol coffeescript concurnas cooklang coq cpp crystal csharp cshtml csp css csv cypher d dart dataweave dax dhall diff django docker dockerfile dot ebnf editorconfig eiffel ejs elixir elm erb erlang excel factor false flow fortran fsharp ftl gap gcode gdscript gedcom gherkin git glsl gml go gradle graphql groovy haml handlebars haskell haxe hcl hlsl hoon hpkp hsts html http icon idris iecst ignore inform7 ini io j java javadoc javascript jexl jolie jq js js-extras json json5 jsonp jsx julia keepalived keyman kotlin kusto latex latte less lilypond linker-script liquid lisp livescript llvm log lolcode lua magma makefile markdown markup matlab maxscript md mermaid mermaidjs mizar mongodb monkey moonscript n1ql naniscript nasm neon nevod nginx nim nix nsis objectivec ocaml odin opencl openqasm oz parigp parser pascal perl php plsql powerquery powershell processing prolog promql properties protobuf psl pug puppet pure purebasic purescript py python q qml qore qsharp r racket reason regex rego renpy rest rip roboconf robotframework ruby rust sas sass scala scheme scss sh shell smali smalltalk smarty sml solidity soy sparql splunk-spl sqf sql squirrel stan stata stylus supercollider svelte svg swift systemd t4-cs tap tcl text textile toml tremor ts tsx turtle twig txt typescript typoscript unrealscript uri url v vala vbnet velocity verilog vhdl vim visual-basic vue warpscript wasm web-idl wiki wolfram wren xeora xml xojo xquery yaml yang yml zig';

const KNOWN = new Set(LANGUAGES.split(' '));

/** The name of the query that a fence of the older tool holds; null for one that shows code. */
export function queryNameOf(language: string, meta: string): string | null {
  if (language.toLowerCase() === 'sql') return /^[A-Za-z_]\w*/.exec(meta)?.[0] ?? null;
  return /^[A-Za-z_]\w*$/.test(language) && !KNOWN.has(language.toLowerCase()) ? language : null;
}
