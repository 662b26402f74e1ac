const surfaces = [
  '.graphiql-container',
  '.CodeMirror-info',
  '.CodeMirror-lint-tooltip',
  '.graphiql-dialog',
  '.graphiql-dialog-overlay',
  '.graphiql-tooltip',
  '[data-radix-popper-content-wrapper]',
];

/** GraphiQL sets its colours on each of these elements, so ours have to be set on the same ones. */
function onSurfaces(body: string): string {
  return surfaces.map((surface) => `${body} ${surface}`).join(',\n');
}

const darkColours = `
  --color-primary: 174, 62%, 52%;
  --color-secondary: 199, 80%, 68%;
  --color-tertiary: 174, 55%, 58%;
  --color-neutral: 210, 18%, 78%;
  --color-base: 210, 24%, 13%;`;

/** Our additions to GraphiQL's own style sheet: the accent, the logo, the list of ready operations. */
export const styleSheet = `html,
body,
#playground {
  height: 100%;
  margin: 0;
  overflow: hidden;
}

${onSurfaces('body')} {
  --color-primary: 175, 84%, 26%;
  --color-secondary: 200, 75%, 34%;
  --color-tertiary: 190, 80%, 30%;
  --color-neutral: 210, 24%, 28%;
}

@media (prefers-color-scheme: dark) {
${onSurfaces('body:not(.graphiql-light)')} {${darkColours}
}
}

${onSurfaces('body.graphiql-dark')} {${darkColours}
}

body.graphiql-light {
  color-scheme: light;
}

body.graphiql-dark {
  color-scheme: dark;
}

body .graphiql-dialog-overlay {
  background-color: hsla(210, 30%, 8%, 0.4);
}

.graphiql-container button.graphiql-execute-button > svg {
  color: hsl(var(--color-base));
}

.tidemark-loading {
  padding: 24px;
  color: #64748b;
  font: 15px system-ui, sans-serif;
}

.tidemark-logo {
  display: flex;
  align-items: center;
  gap: 8px;
  padding-right: 8px;
  white-space: nowrap;
}

.tidemark-logo svg {
  width: 20px;
  height: 20px;
  fill: none;
  stroke: hsl(var(--color-primary));
  stroke-width: 2.4;
  stroke-linecap: round;
}

.tidemark-examples h2 {
  margin: 0 0 var(--px-16);
  font-size: var(--font-size-h2);
  font-weight: var(--font-weight-medium);
}

.tidemark-examples ol {
  margin: 0;
  padding: 0;
  list-style: none;
}

.tidemark-examples button {
  width: 100%;
  padding: var(--px-8) var(--px-12);
  border: 0;
  border-radius: var(--border-radius-8);
  background: none;
  font: inherit;
  line-height: 1.4;
  text-align: left;
  color: hsl(var(--color-neutral));
  cursor: pointer;
}

.tidemark-examples button:hover,
.tidemark-examples button:focus-visible {
  background: hsla(var(--color-neutral), var(--alpha-background-light));
}
`;
