//! One thing after another: camera starts and stops never overlap.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// Runs what is pushed, in order, each to its end.
#[derive(Clone, Default)]
pub struct SerialQueue {
    tasks: Rc<RefCell<VecDeque<Task>>>,
    running: Rc<Cell<bool>>,
}

impl SerialQueue {
    pub fn push(&self, task: impl Future<Output = ()> + 'static) {
        self.tasks.borrow_mut().push_back(Box::pin(task));
        if !self.running.replace(true) {
            let queue = self.clone();
            spawn_local(async move { queue.run().await });
        }
    }

    pub fn is_busy(&self) -> bool {
        self.running.get()
    }

    async fn run(self) {
        loop {
            let next = self.tasks.borrow_mut().pop_front();
            match next {
                Some(task) => task.await,
                None => break,
            }
        }
        self.running.set(false);
    }
}
