/** The pictures of the interface, from lucide. */
export {
  Ear,
  Keyboard,
  Maximize2 as Maximise,
  Minimize2 as Restore,
  Pause,
  Play,
  Plus,
  Search,
  StepForward as Step,
  X as Cross,
} from 'lucide-react';
