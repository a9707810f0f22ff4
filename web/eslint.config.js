import js from "@eslint/js";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["**/dist", "shared/src/api/schema.d.ts"] },
  js.configs.recommended,
  { files: ["**/*.{ts,tsx}"], extends: [ts.configs.strictTypeChecked] },
  {
    files: ["**/*.{ts,tsx}"],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "max-lines": ["error", 250],
      "max-lines-per-function": ["error", { max: 70, skipBlankLines: true, skipComments: true }],
      complexity: ["error", 12],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  { files: ["**/*.tsx"], ...a11y.flatConfigs.strict },
  { files: ["**/*.{ts,tsx}"], ...hooks.configs.flat["recommended-latest"] },
  { files: ["*.config.{js,ts}", "*/*.config.{js,ts}"], ...ts.configs.disableTypeChecked },
  { files: ["**/*.js"], languageOptions: { globals: { ...globals.node, ...globals.browser } } },
);
