// Libraries opened at run time.
#pragma once

#include <dlfcn.h>

#include <memory>
#include <string>

namespace saccade {

/// Closed with its last owner. May be empty.
class SharedLibrary {
  public:
    SharedLibrary() = default;
    /// Empty where the loader can't open it; `reason` then says why.
    static SharedLibrary open(const std::string& path, std::string* reason = nullptr) {
        SharedLibrary library;
        if (void* const handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL); handle != nullptr) {
            library.handle_ =
                std::shared_ptr<void>(handle, [](void* opened) { ::dlclose(opened); });
        } else if (reason != nullptr) {
            *reason = ::dlerror();
        }
        return library;
    }

    [[nodiscard]] explicit operator bool() const noexcept { return handle_ != nullptr; }
    /// nullptr where there is none of that name.
    template <typename Function>
    [[nodiscard]] Function symbol(const char* name) const {
        return handle_ ? reinterpret_cast<Function>(::dlsym(handle_.get(), name)) : nullptr;
    }
    /// Whether there is one of that name.
    template <typename Function>
    bool find(const char* name, Function& function) const {
        function = symbol<Function>(name);
        return function != nullptr;
    }

  private:
    std::shared_ptr<void> handle_;
};

}  // namespace saccade
