import type { KnownProgram } from "../known-program.ts";

/** Claim C06. */
export const languages: readonly KnownProgram[] = [
  {
    name: "python",
    category: "language",
    names: ["python*", "pypy*"],
    symbols: ["Py_Main", "Py_BytesMain", "PyRun_SimpleFileExFlags"],
    libraries: ["libpython"],
    texts: ["Python path configuration"],
  },
  {
    name: "perl",
    category: "language",
    names: ["perl*"],
    symbols: ["perl_run", "boot_DynaLoader"],
    libraries: ["libperl."],
    texts: ["Perl may be copied only under the terms"],
  },
  {
    name: "ruby",
    category: "language",
    names: ["ruby*", "irb*"],
    symbols: ["ruby_run_node", "ruby_init"],
    libraries: ["libruby"],
  },
  {
    name: "lua",
    category: "language",
    names: ["lua*", "luajit*"],
    symbols: ["lua_newstate", "luaL_newstate"],
    libraries: ["liblua"],
    texts: ["$LuaVersion: Lua"],
  },
  {
    name: "node",
    category: "language",
    names: ["node", "nodejs", "deno", "bun", "qjs"],
    symbols: ["napi_module_register", "JS_NewRuntime"],
    libraries: ["libnode."],
  },
  {
    name: "php",
    category: "language",
    names: ["php*"],
    symbols: ["php_request_startup"],
    libraries: ["libphp"],
  },
  {
    name: "tcl",
    category: "language",
    names: ["tclsh*", "wish*", "expect"],
    symbols: ["Tcl_CreateInterp"],
    libraries: ["libtcl"],
  },
  {
    name: "guile",
    category: "language",
    names: ["guile*"],
    symbols: ["scm_boot_guile"],
    libraries: ["libguile"],
  },
  {
    name: "awk",
    category: "language",
    names: ["awk", "gawk*", "mawk*", "nawk", "original-awk"],
    texts: ["mawk %d.%d", "GNU Awk", "out of memory in awkprintf"],
  },
];
