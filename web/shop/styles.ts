// What the shop uses of the component library, in the library's own order; all of it would be three times as much.
import '@mantine/core/styles/default-css-variables.css';
import '@mantine/core/styles/global.css';
import '@mantine/core/styles/baseline.css';
