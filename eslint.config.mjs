// Type-aware promise rules only: in a harness a lost promise is a hung machine. Everything else is Biome's.
import tseslint from "typescript-eslint";

export default tseslint.config({
  files: ["{harness,qemu,images,suites,ci}/**/*.ts"],
  languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true } },
  plugins: { "@typescript-eslint": tseslint.plugin },
  rules: {
    "@typescript-eslint/no-floating-promises": "error",
    "@typescript-eslint/no-misused-promises": "error",
    "@typescript-eslint/switch-exhaustiveness-check": [
      "error",
      { considerDefaultExhaustiveForUnions: true },
    ],
  },
});
