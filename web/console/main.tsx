import '@mantine/core/styles.css';
import { mount } from '../common/mount.js';
import { App } from './app.js';

mount(<App />);
