/** The side pane with the ready operations, served as a file: text, because it runs in the browser only. */
export const examplesScript = `'use strict';
globalThis.tidemarkExamples = (tabs) => {
  const { createElement: h } = React;
  const { useEditorContext, useExecutionContext } = GraphiQL.React;

  const icon = (props) =>
    h(
      'svg',
      { viewBox: '0 0 24 24', width: 24, height: 24, fill: 'none', stroke: 'currentColor', strokeWidth: 1.6, ...props },
      h('path', { d: 'M4 6h2M4 12h2M4 18h2M10 6h10M10 12h10M10 18h10', strokeLinecap: 'round' }),
    );

  const useOpen = () => {
    const { tabs: openTabs, changeTab, addTab, queryEditor, variableEditor, headerEditor } = useEditorContext();
    const { stop } = useExecutionContext();
    return ({ query, variables = '', headers = '' }) => {
      stop();
      const index = openTabs.findIndex((tab) => tab.query === query);
      if (index >= 0) return changeTab(index);
      addTab();
      // addTab fills the editors when React renders it, which is after this handler.
      setTimeout(() => {
        variableEditor?.setValue(variables);
        headerEditor?.setValue(headers);
        queryEditor?.setValue(query);
      });
    };
  };

  const content = () => {
    const open = useOpen();
    const item = (tab) =>
      h('li', { key: tab.title }, h('button', { type: 'button', onClick: () => open(tab) }, tab.title));
    return h(
      'section',
      { className: 'tidemark-examples', 'aria-label': 'Ready operations' },
      h('h2', null, 'Ready operations'),
      h('ol', null, tabs.map(item)),
    );
  };

  return { title: 'Ready operations', icon, content };
};
`;
