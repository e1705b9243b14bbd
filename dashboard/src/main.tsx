import { render } from 'preact';
import { App } from './app.tsx';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/card.css';
import './styles/states.css';
import './styles/chart.css';
import './styles/table.css';
import './styles/picker.css';

const root = document.getElementById('app');
if (root) render(<App />, root);
