import prettier from 'eslint-config-prettier'
import tseslint from 'typescript-eslint'

/** The clock, the environment and the process belong to the outer rooms only. */
const world = [
  { name: 'process', message: 'the world comes in as an argument (ports)' },
  { name: 'console', message: 'only the command base class writes' },
]

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'stack', 'data', 'coverage', '.reports', 'backups'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.js', 'bin/*.js', '.dependency-cruiser.cjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'no-console': 'error',
      'max-lines': ['error', 350],
      'no-restricted-properties': [
        'error',
        { object: 'vi', property: 'mock', message: 'fakes, not module mocks' },
        {
          object: 'process',
          property: 'exit',
          message: 'throw a Failure; the door decides the exit code',
        },
      ],
    },
  },
  {
    files: ['src/{domain,ports,archive,checks,procedures,report}/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...world],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'ask the clock',
        },
        {
          selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message: 'ask the clock',
        },
        {
          selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
          message: 'randomness comes in as an argument',
        },
      ],
    },
  },
  { files: ['**/*.js', '**/*.cjs', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
  { files: ['**/*.cjs'], languageOptions: { globals: { module: 'writable' } } },
  prettier,
)
